"""A reading of the Dockerfile that is good enough to ask it questions."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One `FROM` with what follows it: (instruction, argument) in their order."""

    base: str
    name: str
    instructions: tuple[tuple[str, str], ...]

    def all(self, instruction: str) -> list[str]:
        return [argument for name, argument in self.instructions if name == instruction]

    def only(self, instruction: str) -> str:
        (argument,) = self.all(instruction)
        return argument

    @property
    def environment(self) -> dict[str, str]:
        pairs = " ".join(self.all("ENV")).split()
        return dict(pair.split("=", 1) for pair in pairs)

    @property
    def healthcheck(self) -> list[str]:
        command: list[str] = json.loads(re.sub(r"^.*? CMD ", "", self.only("HEALTHCHECK")))
        return command


def stages(path: Path) -> list[Stage]:
    """The stages of a Dockerfile, comments left out and continued lines joined."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    text = re.sub(r"\s*\\\n\s*", " ", "\n".join(lines))
    found: list[Stage] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        instruction, argument = line.split(maxsplit=1)
        if instruction == "FROM":
            base, _, name = argument.partition(" AS ")
            found.append(Stage(base=base, name=name, instructions=()))
        else:
            last = found.pop()
            together = (*last.instructions, (instruction, argument))
            found.append(Stage(base=last.base, name=last.name, instructions=together))
    return found
