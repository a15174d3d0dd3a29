"""What was taken from a release and what was not, in lines that a pharmacist can check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from opioids.formulary import Formulary, load_formulary, released_products
from opioids.names.words import words_of
from opioids.products import Product
from opioids.rxnorm_release import WHOLE, RxNormRelease

MOST_EXAMPLES = 10


def summary(release: RxNormRelease, path: Path) -> Iterator[str]:
    """The lines that the command prints."""
    shipped, loaded = load_formulary(), load_formulary(release)
    whole = sum(one.term_type in WHOLE for one in release.drugs)
    others = len(release.other_ndcs) // 11
    yield f"{path}: RxNorm {release.version}"
    yield f"  {whole} products with an opioid; {len(loaded.products.keys() - shipped.products.keys())} are new here"
    yield f"  {len(loaded.parts)} components, forms, brands and packs, which tell a part of a product"
    yield f"  {len(loaded.retired)} of these codes are out of use: still known, no longer among the marketed strengths"
    yield f"  {len(release.names)} names of sedatives, antagonists and products that are known by name only"
    yield f"  {len(release.ndcs)} NDCs of these drugs, {others} of drugs that do not matter"
    unknown = sorted(one.name for one in loaded.by_rxcui.values() if words_of(one.name) not in shipped.phrases.names)
    yield from _listed("opioids that are new here: their orders are uncounted", unknown)
    reasons = Counter(loaded.reasons.values()).most_common()
    yield from _listed("products known by their ingredient only, why", [f"{why}: {count}" for why, count in reasons])
    yield from _listed("shipped products that RxNorm describes otherwise: those stand", _differing(release, shipped))


def _listed(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"  {title}:"
        yield from (f"    {line}" for line in lines[:MOST_EXAMPLES])
        if len(lines) > MOST_EXAMPLES:
            yield f"    and {len(lines) - MOST_EXAMPLES} more"


def _differing(release: RxNormRelease, shipped: Formulary) -> list[str]:
    said = released_products(release)
    return [
        f"{rxcui} {product.name}"
        for rxcui, product in sorted(shipped.products.items(), key=lambda one: int(one[0]))
        if rxcui in said and _facts(said[rxcui]) != _facts(product)
    ]


def _facts(product: Product) -> tuple[object, ...]:
    return (
        [(one.ingredient.name, one.strength) for one in product.components],
        product.form,
        product.noun,
        product.route,
    )
