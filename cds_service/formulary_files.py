"""The files that a hospital adds to the shipped formulary: an imported RxNorm release and its own list of NDCs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cds_service.settings_check import InvalidSettings, Mistake
from cds_service.settings_sections import FormularyFiles
from opioids import knowledge
from opioids.knowledge import Knowledge
from opioids.ndc_list import read_ndc_list
from opioids.rxnorm_release import RxNormRelease, read_release
from opioids.tables import KnowledgeError


class UnusableFile(Exception):
    """A file cannot be read, or is not what it should be; `key` is the setting that names it."""

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(reason)
        self.key = key


def knowledge_with(files: FormularyFiles) -> Knowledge:
    """The knowledge, with what the files add. Raises `UnusableFile`."""
    if files.file is None and files.ndc_file is None:
        return _shipped()
    return knowledge.load(_release(files.file), _ndcs(files.ndc_file))


@cache
def _shipped() -> Knowledge:
    """Read once: workers are forked from the process that has checked the settings with it."""
    return knowledge.load()


def known_or_invalid(files: FormularyFiles) -> Knowledge:
    """The same for settings. Raises `InvalidSettings`."""
    try:
        return knowledge_with(files)
    except UnusableFile as error:
        raise InvalidSettings((Mistake(path=("formulary", error.key), message=str(error)),)) from None


def _release(path: str | None) -> RxNormRelease | None:
    if path is None:
        return None
    try:
        return read_release(_text("file", path), path)
    except KnowledgeError as error:
        raise UnusableFile("file", str(error)) from None


def _ndcs(path: str | None) -> Mapping[str, str]:
    if path is None:
        return {}
    try:
        return read_ndc_list(_text("ndc_file", path), path)
    except KnowledgeError as error:
        raise UnusableFile("ndc_file", str(error)) from None


def _text(key: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UnusableFile(key, f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise UnusableFile(key, f"{path}: not UTF-8 text") from None
