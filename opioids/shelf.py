"""What a pharmacy can dispense: the marketed strengths of one drug in one formulation, side by side.

A strength counts when its RxNorm name is a generic one of the present lists, is written like those of the
other strengths (so that a tablet for 12 hours never stands for one for 24), and is not known to be
missing from the country's market. Combinations stay with the same amount of their partner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from opioids.formulary import Formulary
from opioids.products import Form, Ingredient, Product, Route, UsualPurpose
from opioids.tables import rows_of

_RETIRED_LISTS = frozenset({"cds-r4-2020"})
"""Codes that only an older list of the formulary's sources holds: the newer ones dropped them."""

_STRENGTH = re.compile(r"(?<![\d.])\d+(?:\.\d+)? mg")
_BRAND = re.compile(r"\s*\[[^\]]*\]$")


def strength_of(product: Product) -> Decimal:
    """The strength of a product's one opioid, in its own unit; 0 where it is not told, which no shelf holds."""
    strength = product.components[0].strength
    return strength.value if strength else Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfLine:
    """The products of one drug in one formulation, smallest strength first, each strength once."""

    products: tuple[Product, ...]

    @property
    def strengths(self) -> tuple[Decimal, ...]:
        """The strengths, in the products' own unit, smallest first."""
        return tuple(strength_of(one) for one in self.products)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What can be dispensed in one country: the products of each formulation, the same under their descriptions.

    `beside` has the active partners that labels show beside the opioid, by RxCUI; `wanted` limits it to some.
    """

    sold: Mapping[tuple[object, ...], Sequence[Product]]
    named: Mapping[tuple[object, ...], Sequence[Product]]
    beside: Mapping[str, frozenset[str]]
    wanted: Callable[[Product], bool] | None = None

    def line_of(self, product: Product) -> ShelfLine:
        """The strengths in which a product can be had; the product alone where nothing like it is known."""
        strength = product.components[0].strength
        alike = _named_alike(self._alike(product))
        own = alike.get(_pattern(product.name))
        if own is None and strength is not None:
            holding = [group for group in alike.values() if any(strength_of(one) == strength.value for one in group)]
            own = max(holding, key=len, default=None)
        return ShelfLine(products=tuple(_by_strength([*(own or ()), product])))

    def solutions_of(self, ingredient: Ingredient) -> tuple[Product, ...]:
        """The oral solutions of an ingredient alone, weakest first."""
        return tuple(_by_strength(self._alone(ingredient, Form.LIQUID, "")))

    def immediate_of(self, ingredient: Ingredient) -> ShelfLine | None:
        """Its immediate-release tablets to be swallowed, without any partner."""
        largest = max(_named_alike(self._alone(ingredient, Form.SOLID, "tablet")).values(), key=len, default=None)
        return ShelfLine(products=tuple(_by_strength(largest))) if largest else None

    def limited_to(self, wanted: Callable[[Product], bool]) -> Shelf:
        """The same with some of its products only."""
        return replace(self, wanted=wanted)

    def _alone(self, ingredient: Ingredient, form: Form, noun: str) -> Iterable[Product]:
        """Immediate-release products to be swallowed that hold nothing else."""
        kind = (ingredient.name, form, noun, Route.ORAL, False, (), frozenset[str]())
        return filter(self.wanted, self.sold.get(kind, ()))

    def _alike(self, product: Product) -> Iterable[Product]:
        """Products of the same formulation; what is known by a name alone is compared by its description."""
        if product.rxcui in self.beside:
            return filter(self.wanted, self.sold.get(_kind(product, self.beside), ()))
        return filter(self.wanted, self.named.get(_description(product), ()))


def _kind(product: Product, beside: Mapping[str, frozenset[str]]) -> tuple[object, ...]:
    """What two strengths of one formulation have in common, whatever they are called."""
    return (*_description(product), beside.get(product.rxcui, frozenset()))


def _description(product: Product) -> tuple[object, ...]:
    name = product.components[0].ingredient.name
    shape = (product.form, product.noun, product.route, product.extended_release)
    return (name, *shape, product.other_strengths)


def shelf_with(formulary: Formulary, unsold: frozenset[str]) -> Shelf:
    """What a formulary holds; `unsold` are RxCUIs of products that are not, or may not be, on the market."""
    beside = {one.product.rxcui: one.beside for group in formulary.marketed.values() for one in group}
    sold: dict[tuple[object, ...], list[Product]] = {}
    named: dict[tuple[object, ...], list[Product]] = {}
    for product in formulary.products.values():
        if _is_dispensed(product) and product.rxcui not in unsold and product.rxcui not in formulary.retired:
            sold.setdefault(_kind(product, beside), []).append(product)
            named.setdefault(_description(product), []).append(product)
    return Shelf(sold=sold, named=named, beside=beside)


RXNORM_COUNTRY = "US"
"""The country whose products RxNorm lists; of others only single products are known to be missing."""


def load_shelves(formulary: Formulary) -> Mapping[str, Shelf]:
    """A shelf for each country that is known to lack something, and "" for every other one."""
    retired = {row["rxcui"] for row in rows_of("formulary/products.csv") if row["source"] in _RETIRED_LISTS}
    unsold: dict[str, set[str]] = {"": set()}
    for row in rows_of("formulary/not_marketed.csv"):
        unsold.setdefault(row["country"], set()).add(row["rxcui"])
    return {country: shelf_with(formulary, frozenset(retired | codes)) for country, codes in unsold.items()}


def _is_dispensed(product: Product) -> bool:
    """A generic product with one opioid of a known strength that is used for pain."""
    return (
        product.components[0].strength is not None
        and not _BRAND.search(product.name)
        and product.usual_purpose is UsualPurpose.NOT_TOLD
    )


@lru_cache(maxsize=4096)
def _pattern(name: str) -> str:
    """A product's name without its strengths and brand."""
    return _STRENGTH.sub("# mg", _BRAND.sub("", name).lower())


def _named_alike(products: Iterable[Product]) -> dict[str, list[Product]]:
    """Products by their names without strengths."""
    groups: dict[str, list[Product]] = {}
    for one in products:
        groups.setdefault(_pattern(one.name), []).append(one)
    return groups


def _by_strength(products: Iterable[Product]) -> Iterator[Product]:
    """The first product of each strength, smallest first."""
    first: dict[Decimal, Product] = {}
    for one in products:
        if one.components[0].strength is not None:
            first.setdefault(strength_of(one), one)
    return iter(first[value] for value in sorted(first))
