"""Makes training pictures of what few or no pictures show, by putting drawn and cut-out things on people.

Phones and cigarettes are rare in the pictures that we have, and what is mistaken for them is in none: a spoon at the
mouth, a calculator in the hand, a bare hand at the ear. Both are put on people by the same code, with the same hands,
light and blur, so that the trace of the work says nothing about what the thing is. Models are measured on real
pictures; on composed ones only for false sightings, and that is said.

`things` and `gadgets` draw, `cuttings` cuts out of training pictures, `people` finds where, `hands` holds, `scenes`
puts a thing on a person, `settle` fits it into the picture, `write` makes a dataset of it.
"""
