"""A structure-aware fuzzer of everything that people write: `make fuzz`, and a few seconds of it in `make test`.

corpus.py has good documents of every format, mutation.py damages them, generation.py makes new ones from our JSON
Schemas, world.py takes a specs folder all the way and says what no input may bring about, and campaign.py does so for
as long as it is told. Document number n is the same on every machine.
"""
