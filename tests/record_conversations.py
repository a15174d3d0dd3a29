"""Records the answers of the conversations anew, after a deliberate change of wording.

    python -m tests.record_conversations            names the conversations whose answer has changed
    python -m tests.record_conversations --write    writes their response.json (and status.txt)

Requests and READMEs are written by hand. Read the differences (`git diff fixtures`) before they are
committed: a number or a topic that changes is a change of judgement, and its README says why it was so.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests import conversations
from tests.conversations import Answer, Conversation


def changed(folder: Path) -> list[tuple[Conversation, Answer]]:
    """The conversations whose answer is not the recorded one, each with the new answer."""
    callers = conversations.Callers()
    pairs = [(one, conversations.replay(callers, one)) for one in conversations.found_in(folder)]
    return [(one, answer) for one, answer in pairs if not _is_recorded(one, answer)]


def write(conversation: Conversation, answer: Answer) -> None:
    """Makes this the recorded answer."""
    body = json.dumps(conversations.without_uuids(answer.body), indent=2, ensure_ascii=False)
    (conversation.folder / "response.json").write_text(body + "\n", encoding="utf-8")
    status = conversation.folder / conversations.STATUS_FILE
    if answer.status == 200:
        status.unlink(missing_ok=True)
    else:
        status.write_text(f"{answer.status}\n", encoding="utf-8")


def main(arguments: Sequence[str], folder: Path = conversations.FOLDER) -> int:
    """Exit code: 0 when nothing differs or all was written, 1 when something differs, 2 for wrong usage."""
    if arguments not in ([], ["--write"]):
        sys.stderr.write(__doc__ or "")
        return 2
    different = changed(folder)
    for conversation, answer in different:
        if arguments:
            write(conversation, answer)
        sys.stdout.write(f"{'written' if arguments else 'differs'}: {conversation.name}\n")
    return 1 if different and not arguments else 0


def _is_recorded(conversation: Conversation, answer: Answer) -> bool:
    if not (conversation.folder / "response.json").exists():
        return False
    recorded = (conversation.status, conversation.response)
    return recorded == (answer.status, conversations.without_uuids(answer.body))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
