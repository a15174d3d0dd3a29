"""The site key, as the settings give it."""

from __future__ import annotations

from cds_service.settings_check import InvalidSettings, Mistake
from cds_service.settings_kept import SHORTEST_KEY, Site


def configured_key(site: Site) -> bytes | None:
    """The key, from the settings or the file that they name; None when neither is set. Raises `InvalidSettings`."""
    if site.key is not None:
        return site.key.get_secret_value().encode()
    if site.key_file is None:
        return None
    if mistake := file_mistake(site):
        raise InvalidSettings((mistake,))
    return site.key_file.read_bytes().strip()


def file_mistake(site: Site) -> Mistake | None:
    """What is wrong with the file that should hold the key."""
    if site.key_file is None:
        return None
    try:
        content = site.key_file.read_bytes().strip()
    except OSError:
        return Mistake(path=("site", "key_file"), message="expected a file that can be read")
    if len(content) < SHORTEST_KEY:
        return Mistake(path=("site", "key_file"), message=f"expected at least {SHORTEST_KEY} characters in the file")
    return None
