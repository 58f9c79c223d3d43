# Everything here runs from a fresh clone; Python and make are enough. make.py does it, for systems
# without make too.
PYTHON ?= python3
TASKS := run desk dev test lint format bench clean

.PHONY: $(TASKS)

$(TASKS):
	@$(PYTHON) make.py $@
