# The commands of a checkout. Everything is installed in .venv; nothing outside the checkout is touched
# (for root, PostgreSQL additionally keeps its program and the data under /var/lib/creditbank).

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

LEARNERS ?= 2000
PYTHON := .venv/bin/python
SOURCES := creditbank tools bench
# The distribution's own first: it is built with the compiler's profile, which those of version managers mostly are not,
# and computes in two thirds of their time.
NAMES := python3.14 python3.13 python3.12 python3.11 python3
PYTHONS := $(addprefix /usr/bin/,$(NAMES)) $(NAMES)
# Arguments that a protocol or a library names and we do not need.
IGNORED := trace,message_context

# Processes start processes here: each would read the whole bank from its source anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check bench bench-volumes bench-44m bench-22m bench-peers demo installed installed-dev

help:
	@echo 'make run                  运行学分银行（PORT、CREDITBANK_DATA） · run the bank and its demo data'
	@echo 'make test                 测试 · all tests (ARGS="-k name" for some)'
	@echo 'make check                检查代码与翻译 · style, types, house rules, translations, migrations'
	@echo 'make bench                性能测试 · benchmarks, into docs/benchmarks.md'
	@echo 'make bench-volumes        更大、乱序、带问题的批次 · deposits that are larger, shuffled, dirty, workbooks'
	@echo 'make bench-44m            四千四百万行，再读档案 · a city of 44 million rows, then reading (20 GB of disk)'
	@echo 'make bench-22m            两千二百万个账户 · 22 million accounts from lists of students (30 GB of disk)'
	@echo 'make bench-peers          与常见做法对照 · what others would use, in a venv of its own'
	@echo 'make demo LEARNERS=2000   建立演示学分银行 · build a demo bank of that many learners'

run: installed
	@$(PYTHON) -m creditbank run

demo: installed
	@$(PYTHON) -m creditbank demo --learners $(LEARNERS)

# Three on two cores: journeys wait for pages half of the time.
test: installed-dev
	@$(PYTHON) -m pytest -n 3 $(ARGS)

bench: installed-dev
	@$(PYTHON) -m bench $(ARGS)

bench-volumes: installed-dev
	@$(PYTHON) -m bench volumes $(ARGS)

bench-44m: installed-dev
	@$(PYTHON) -m bench national $(ARGS)

bench-22m: installed-dev
	@$(PYTHON) -m bench accounts-22m

bench-peers: installed-dev
	@$(PYTHON) -m bench peers $(ARGS)

check: installed-dev
	@$(call step,style,$(PYTHON) -m ruff check --quiet .)
	@$(call step,format,$(PYTHON) -m ruff format --check --quiet .)
	@$(call step,types,$(PYTHON) -m mypy --explicit-package-bases $(SOURCES))
	@$(call step,rooms and storeys,.venv/bin/lint-imports)
	@$(call step,dead code,$(PYTHON) -m vulture --min-confidence 100 --ignore-names $(IGNORED) creditbank)
	@$(call step,house,$(PYTHON) -m pytest tests/house -n 0 -q -m "not django_db" --ignore=tests/house/test_contracts.py)
	@$(call step,translations,$(PYTHON) -m creditbank check-translations)
	@$(call step,migrations,$(PYTHON) -m creditbank manage makemigrations --check --dry-run)

# One line a step; the words of a step are shown only when it fails. $(1) is its name, $(2) its command.
define step
printf '%-20s' '$(1)'; if words=$$($(2) 2>&1); then echo ok; else echo FAILED; printf '%s\n' "$$words"; exit 1; fi
endef

installed:
	@$(call install,requirements.txt)

installed-dev:
	@$(call install,requirements-dev.txt)

# Installs $(1) once: the stamp carries its checksum. A .venv that no longer runs (its Python was removed) is made anew.
define install
stamp=".venv/.$(1)-$$(cksum <$(1) | tr ' ' '-')"; \
if test -f "$$stamp" && $(PYTHON) -c '' 2>/dev/null; then exit 0; fi; \
$(make_venv); \
echo '正在安装依赖…… · Installing what the bank needs ($(1)) …'; \
$(PYTHON) -m pip install --quiet --quiet --disable-pip-version-check --no-input --require-hashes -r $(1) || { \
	echo '依赖没有装好：请检查网络或 pip 的镜像设置，再运行一次。'; \
	echo 'The packages were not installed: check the network or the index that pip is set to, and run this again.'; \
	exit 1; }; \
rm -f .venv/.$(1)-*; touch "$$stamp"
endef

define make_venv
if ! $(PYTHON) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	found=; bare=; \
	for name in $(PYTHONS); do \
		"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		if "$$name" -c 'import ensurepip, venv' 2>/dev/null; then found=$$name; break; fi; \
		bare=$$name; \
	done; \
	if test -z "$$found" && test -n "$$bare"; then \
		echo "$$bare 缺少 venv。Debian、Ubuntu 上请运行：apt install python3-venv"; \
		echo "$$bare lacks venv. On Debian and Ubuntu: apt install python3-venv"; exit 1; \
	fi; \
	if test -z "$$found"; then \
		echo '需要 Python 3.11 或更新的版本。Debian、Ubuntu 上请运行：apt install python3 python3-venv'; \
		echo 'Python 3.11 or newer is needed. On Debian and Ubuntu: apt install python3 python3-venv'; exit 1; \
	fi; \
	rm -rf .venv; "$$found" -m venv .venv || { rm -rf .venv; exit 1; }; \
fi
endef

