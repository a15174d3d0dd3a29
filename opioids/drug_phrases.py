"""What the words and phrases of drug names stand for: ingredients, synonyms, brands, and what goes with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from opioids.names.likeness import LEAST_JOINED, LEAST_OF_MAKER, Likeness
from opioids.names.words import Words, words_of
from opioids.products import DoseForm, Ingredient, Pharmacology, Product, UsualPurpose, opioids_among
from opioids.tables import Row, rows_of

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a word or phrase of a drug name stands for.

    `ingredients` are opioids and antagonists; `beside` names the other ingredients that it stands for or
    implies (co-codamol: acetaminophen), `products` are those of a brand, `dose_form` and `usual_purpose`
    are told by brands that come in one form or serve one purpose. `is_brand` tells brands from the names of
    ingredients.
    """

    ingredients: tuple[Ingredient, ...] = ()
    beside: frozenset[str] = _NOTHING
    products: tuple[Product, ...] = ()
    dose_form: DoseForm | None = None
    usual_purpose: UsualPurpose = UsualPurpose.NOT_TOLD
    is_brand: bool = False

    @property
    def opioids(self) -> tuple[Ingredient, ...]:
        """The ingredients that are opioids."""
        return opioids_among(self.ingredients)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseBook:
    """What the words of a drug name stand for (`names`), and what finds a misspelled opioid (`likeness`).

    A name without any of `first_words` speaks of no opioid, and all phrases begin with one of `starts`;
    `longest` is how many words the longest has.
    """

    names: Mapping[Words, Named]
    likeness: Likeness
    first_words: frozenset[str]
    starts: frozenset[str]
    longest: int


def book_of(names: Mapping[Words, Named], likeness: Likeness) -> PhraseBook:
    """The book of these names."""
    return PhraseBook(
        names=names,
        likeness=likeness,
        first_words=frozenset(words[0] for words, named in names.items() if named.ingredients),
        starts=frozenset(words[0] for words in names),
        longest=max(map(len, names)),
    )


def load_phrases(
    ingredients: Mapping[str, Ingredient], forms: Mapping[str, DoseForm], partners: Iterable[Row]
) -> dict[Words, Named]:
    """The words of ingredients, synonyms, brands and partners."""
    names = {
        words_of(word): Named(beside=frozenset([row["name"]])) for row in partners for word in row["words"].split("|")
    }
    for name, ingredient in ingredients.items():
        names[words_of(name)] = _named(ingredient)
    for row in rows_of("formulary/names.csv"):
        named = _named(ingredients[row["ingredient"]])
        names[words_of(row["name"])] = replace(
            named,
            beside=named.beside | frozenset(filter(None, [row["beside"]])),
            dose_form=forms[row["dose_form"]] if row["dose_form"] else None,
            usual_purpose=UsualPurpose(row["usual_purpose"] or "not told"),
            is_brand=row["kind"] == "brand",
        )
    return names


def with_salts(names: Mapping[Words, Named]) -> dict[Words, Named]:
    """The same names and, beside them, each single word joined with a salt ("morphinsulfat")."""
    salts = [row["salt"] for row in rows_of("formulary/salts.csv")]
    single = [(words[0], named) for words, named in names.items() if len(words) == 1]
    joined: dict[Words, Named] = {(word + salt,): named for word, named in single for salt in salts}
    return {**joined, **names}


def likeness_of(names: Mapping[Words, Named]) -> Likeness:
    """What single words are compared with to find slips of the pen; veterinary brands are not worth a doubt."""
    single = {words[0]: named for words, named in names.items() if len(words) == 1}
    opioids = {word: named for word, named in single.items() if named.opioids and not _is_veterinary(named)}
    others = {row["word"] for row in rows_of("formulary/look_alikes.csv")}
    forms = {form for row in rows_of("formulary/form_words.csv") for form in row["words"].split("|")}
    return Likeness(
        ingredients=(word for word, named in opioids.items() if not named.is_brand),
        marketed=(word for word, named in opioids.items() if named.is_brand and named.products),
        brands=(word for word, named in opioids.items() if named.is_brand and not named.products),
        others=others | single.keys(),
        joined={
            **{row["maker"]: LEAST_OF_MAKER for row in rows_of("formulary/makers.csv")},
            **dict.fromkeys([*forms, *(row["salt"] for row in rows_of("formulary/salts.csv"))], LEAST_JOINED),
        },
    )


def _is_veterinary(named: Named) -> bool:
    return bool(named.products) and all(one.veterinary for one in named.products)


def _named(ingredient: Ingredient) -> Named:
    antagonist = ingredient.pharmacology is Pharmacology.ANTAGONIST
    return Named(ingredients=(ingredient,), beside=frozenset([ingredient.name] if antagonist else []))


def other_ingredients(name: str, names: Mapping[Words, Named]) -> frozenset[str]:
    """The other ingredients that a product's full name holds."""
    found = (names.get((word,)) for word in words_of(name))
    return _NOTHING.union(*(one.beside for one in found if one))


def add_brands(
    names: dict[Words, Named],
    rows: Iterable[Row],
    products: Mapping[str, Product],
    beside: Mapping[str, frozenset[str]],
) -> None:
    """Give each brand its products; what stands beside the opioid in all of them is implied by the brand."""
    grouped: dict[Words, dict[str, Product]] = {}
    for row in rows:
        if row["brand"]:
            grouped.setdefault(words_of(row["brand"]), {})[row["rxcui"]] = products[row["rxcui"]]
    for brand, found in grouped.items():
        own = names.get(brand, Named())
        ingredients = [part.ingredient for product in found.values() for part in product.components]
        names[brand] = replace(
            own,
            ingredients=tuple(dict.fromkeys([*own.ingredients, *ingredients])),
            products=tuple(found.values()),
            beside=own.beside.union(frozenset.intersection(*(beside[rxcui] for rxcui in found))),
            is_brand=True,
        )
