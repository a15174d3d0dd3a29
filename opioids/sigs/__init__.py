"""The grammar of written directions: `directions.read_sig` reads one, the other modules are its parts.

How "take 1-2 tablets by mouth every 4 to 6 hours as needed for pain, max 6 a day" becomes a `Sig`:

1. `tokens` cuts it into numbers, words and marks, after `german` has put German words into English. Each token knows
   its neighbours: a reader is given the token at which it may begin, and answers with what it read and the token
   behind that, or with None.
2. `statements` lets its readers try at each token in turn. Here they read a verb, a dose of 1-2 tablets (`doses`, from
   `amounts` and `strengths`), a route, 4 to 6 times a day (`times`, with `intervals`, `clock` and `schedule`), as
   needed for a reason (`reasons`), a separator, and a maximum of 6 (`limits`). Beside them there may be cautions and
   places (`asides`), advice, and what concerns the pharmacy (`dispensing`). A word that no reader takes refuses all.
3. `parts` sorts the statements into steps ("then") of parts that are taken together ("and"): here one step of one part.
4. `checks` refuses what may be read in two ways; `frequency` brings several statements of how often together, and
   `ceilings` does so with maxima and sums.
5. `directions` makes a `Sig` of each part.

Where a word is added: a unit, number, time or interval in `words`; a route, verb, join or the beginning of a limit in
`remarks`; a reason in `reasons`; a caution in `asides`, a fixed phrase of advice in `advice`; what the pharmacy or an
order-entry system writes in `dispensing`; a German word in `german`. Each has its row in `tests/spec/vocabulary.csv`.
"""
