"""The one gate: what may be published, and how small counts are hidden.

The rule, in plain words:

1. Protected are counts of people from 1 to 4 (``disclosure_minimum``): each that is stated, and each that can be worked out
   from what is stated: what is left of a whole beside its part, of a year beside its halves, of two periods that overlap;
   what all types make; names on more than one list; money spent over the cost of one household; the change of a figure since
   an earlier release.
2. A reader knows every number that is printed, here and in earlier releases (``previous``, and what its folder carries
   forward); that no count is below nought; that parts, types, steps and lists hold together as the registers say
   (``data/measures``), on every day; and which counts are hidden for being small.
3. No protected count may be narrowed to less than the rule itself leaves: 1 to 4, a range of 3 (``disclosure_width``). Where
   that cannot be had from a reader who knows which are small, it is kept from one who does not: one marker, ``[c]``, stands
   for all. What cannot be had at all is said in the warnings and the audit.
4. Besides small counts the fewest numbers are hidden that this takes (``protection.py``); then all is read again as the
   reader would, and more is hidden until nothing is left to find (``stretches.py``, ``reader.py``). Where figures are too many
   to be checked together, those of the shortest periods are hidden, and the audit says which.
5. A result is a function of local counts, so it is printed only where each count that it rests on is.

Sums are gathered in ``counts.py``; ``decision.py`` puts one run together; everything leaves through ``gate.py``.
"""
