"""A structure-aware fuzzer for all formats that people write: `make fuzz`, and a few seconds of it in `make test`.

corpus.py has good documents of every format. mutation.py damages them. generation.py makes new documents from our JSON
Schemas. world.py runs all steps of slosmith on a specs folder and checks the results. campaign.py does this for a given
time. Document number n is the same on every machine.
"""
