"""`GET /` and `POST /try`: try a request and see the cards as a prescriber would, and how they came about."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from flask import Flask, Response, g, request

from cds_service.pages import conversations
from cds_service.pages.conversations import DAY, Conversation
from cds_service.pages.site import Site
from cds_service.pages.trial import Bench, Choice, Reaction, Tried
from opioids.recommendations import Topic

USUAL = "opioid-order-sign"
"""The service that is chosen until somebody chooses: the hook that most EHRs have."""
WORKED_CASE = f"{USUAL}/worked-case"


def register(app: Flask, site: Site) -> None:
    """Adds the page."""
    shelf = cache(lambda: conversations.found_in(site.shell.settings.pages.conversations, site.shell.services))
    page = Page(site, Bench(site.shell), shelf)
    app.add_url_rule("/", "try", page.show, methods=["GET"])
    app.add_url_rule("/try", "answer", page.answer, methods=["POST"])


class Page:
    """The page with what it needs: the bench on which requests are tried, and the conversations to choose from."""

    def __init__(self, site: Site, bench: Bench, shelf: Callable[[], tuple[Conversation, ...]]) -> None:
        self._site, self._bench, self._shelf = site, bench, shelf

    def show(self) -> Response:
        """The page; a conversation that is chosen is asked at once."""
        key = request.args.get("conversation", "")
        if conversation := self._conversation(key):
            choice = self._choice(conversation.service_id, DAY.isoformat(), conversation.request, key)
            return self._page(choice, self._bench.ask(choice))
        offered = self._site.shell.services
        service_id = USUAL if USUAL in offered else next(iter(offered), "")
        return self._page(self._choice(service_id, self._site.shell.today().isoformat()), None)

    def answer(self) -> Response:
        """The page with what the service answers to the request in the box, or to what follows from a card."""
        sent = request.form
        choice = self._choice(
            sent.get("service", ""),
            sent.get("day", "") or self._site.shell.today().isoformat(),
            sent.get("body", ""),
            sent.get("conversation", ""),
        )
        g.facts["service"] = choice.service_id if choice.service_id in self._site.shell.services else None
        reaction = None
        if "accept" in sent and (taken := self._bench.accept(choice, sent["accept"])):
            choice, reaction = taken
        elif "override" in sent:
            closed = self._bench.override(choice, sent["override"], lambda number: sent.get(f"reason-{number}", ""))
            choice, reaction = closed or (choice, None)
        return self._page(choice, self._bench.ask(choice), reaction)

    def _conversation(self, key: str) -> Conversation | None:
        """The conversation of that name: only what is offered is ever opened."""
        return next((one for one in self._shelf() if one.key == key), None)

    def _choice(self, service_id: str, day: str, body: str = "", conversation: str = "") -> Choice:
        return Choice(
            service_id=service_id,
            guideline=request.values.get("guideline", "") or self._usual(conversation),
            day=day,
            client=request.values.get("client", ""),
            body=body,
            conversation=conversation,
            resting=frozenset(Topic(name) for name in request.form.getlist("resting") if name in set(Topic)),
        )

    def _usual(self, key: str) -> str:
        """The guideline that a conversation is judged by unless another one is chosen."""
        conversation, known = self._conversation(key), self._bench.guidelines
        return conversation.guideline if conversation and conversation.guideline in known else known[0]

    def _along(self, choice: Choice) -> dict[str, str]:
        """What was chosen, and goes along to the next conversation; what a conversation brings itself does not."""
        asked = request.values.get("guideline", "")
        chosen = asked != self._usual(choice.conversation) or request.method == "GET" or "chosen" in request.form
        found = {"client": choice.client if choice.client in self._bench.clients else ""}
        found["guideline"] = asked if chosen and asked in self._bench.guidelines else ""
        return {**self._site.kept(), **{name: value for name, value in found.items() if value}}

    def _page(self, choice: Choice, tried: Tried | None, reaction: Reaction | None = None) -> Response:
        sought = request.args.get("q", "").strip()
        offered = self._shelf()
        return self._site.page(
            "try.html",
            services=tuple(self._site.shell.services.values()),
            guidelines=[self._site.shell.knowledge.guidelines[name] for name in self._bench.guidelines],
            clients=self._bench.clients,
            conversations=[one for one in offered if _speaks_of(one, sought)],
            known=len(offered),
            chosen=self._conversation(choice.conversation),
            missing=bool(request.args.get("conversation") and tried is None),
            sought=sought,
            choice=choice,
            tried=tried,
            reaction=reaction,
            terms=self._site.shell.memory.terms,
            along=self._along(choice),
            worked_case=self._conversation(WORKED_CASE),
            explanations=self._explanations(tried),
        )

    def _explanations(self, tried: Tried | None) -> dict[str, str | None]:
        """For each card that has no link of its own, the token of the page that explains it."""
        if tried is None or not self._site.has("explain"):
            return {}
        shell = self._site.shell
        return {card.uuid: shell.explaining.token_of(card, shell.now()) for card in tried.cards if not card.links}


def _speaks_of(conversation: Conversation, sought: str) -> bool:
    """Whether every word that is sought stands in the conversation's name, title or description."""
    text = f"{conversation.key} {conversation.title} {conversation.about}".lower()
    return all(word in text for word in sought.lower().split())
