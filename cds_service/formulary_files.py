"""The files that a hospital adds to the shipped formulary: an imported RxNorm release and its own list of NDCs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

from cds_service.settings_check import InvalidSettings, Mistake
from cds_service.settings_sections import FormularyFiles
from opioids import knowledge
from opioids.knowledge import Knowledge
from opioids.ndc import read_ndc_list
from opioids.rxnorm_release import read_release
from opioids.tables import KnowledgeError

Content = TypeVar("Content")


def knowledge_with(files: FormularyFiles) -> Knowledge:
    """The knowledge, with what the files add. Raises `InvalidSettings` where one cannot be used."""
    if files.file is None and files.ndc_file is None:
        return _shipped()
    return knowledge.load(
        _read("file", files.file, read_release), _read("ndc_file", files.ndc_file, read_ndc_list) or {}
    )


@cache
def _shipped() -> Knowledge:
    """Read once: workers are forked from the process that has checked the settings with it."""
    return knowledge.load()


def _read(key: str, path: str | None, reader: Callable[[str, str], Content]) -> Content | None:
    if path is None:
        return None
    try:
        return reader(Path(path).read_text(encoding="utf-8"), path)
    except OSError as error:
        reason = f"{path}: {error.strerror or error}"
    except UnicodeDecodeError:
        reason = f"{path}: not UTF-8 text"
    except KnowledgeError as error:
        reason = str(error)
    raise InvalidSettings((Mistake(path=("formulary", key), message=reason),))
