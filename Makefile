# Thin doors to `cargo xtask`: see xtask/src/main.rs for all chores.

# `make install` writes below $(DESTDIR)$(PREFIX).
PREFIX ?= /usr/local
DESTDIR ?=

root = $(DESTDIR)$(PREFIX)
share = $(root)/share

.PHONY: demo test install linker

demo: linker
	@cargo xtask demo

test: linker
	@cargo xtask test

install: linker
	@cargo install --locked --no-track --path crates/sekisho --root "$(root)"
	@mkdir -p "$(share)/bash-completion/completions" "$(share)/zsh/site-functions" \
		"$(share)/fish/vendor_completions.d" "$(share)/man/man1"
	@"$(root)/bin/sekisho" completions bash > "$(share)/bash-completion/completions/sekisho"
	@"$(root)/bin/sekisho" completions zsh > "$(share)/zsh/site-functions/_sekisho"
	@"$(root)/bin/sekisho" completions fish > "$(share)/fish/vendor_completions.d/sekisho.fish"
	@"$(root)/bin/sekisho" man --all "$(share)/man/man1"

# Everything else is installed by the chores, which have to be linked first.
linker:
	@command -v cargo > /dev/null || { \
		echo "make: cargo is missing: install Rust 1.95 or newer" >&2; exit 1; }
	@command -v cc > /dev/null || { \
		echo "installing gcc libc6-dev" >&2; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -qq --no-install-recommends gcc libc6-dev > /dev/null; }
