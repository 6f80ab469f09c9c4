# Builds, installs and tests c-client.
#
#   make            the shared library, the static library, and a look at the headers
#   make install    DESTDIR= PREFIX=/usr/local LIBDIR=$(PREFIX)/lib MANDIR=$(PREFIX)/share/man; FLAT=1 puts the headers
#                   into include/ as well, for programs that look for them there (in a prefix of its own: some have names
#                   of the system's)
#   make tree       DIR=: the layout of a UW c-client source tree, as --with-imap=DIR of Asterisk wants it
#   make GLIBC=2.31 [install]   for systems with an older C library than this one's (needs cargo-zigbuild)
#   make TARGET=aarch64-unknown-linux-musl [install]   for another processor or C library, as rustc calls it; SMALL=1: the
#                   library for routers, and no static one; PKGCONFIGDIR= where not $(LIBDIR)/pkgconfig
#   make dist       the source tarball with all crates, which builds without a network
#   make deb        the Debian packages (docs/packaging.md)
#   make recipes    what packagers of Fedora, Alpine, OpenWrt and FreeBSD take, for the tarball of make dist (docs/packaging.md)
#   make small      the library for routers, and its size (docs/packaging.md); TARGET= for another processor
#   make vmimap     the tool that checks, fills, empties and watches voicemail in IMAP (docs/vmimap.md)
#   make install-vmimap   the tool and its manual page; DESTDIR= PREFIX=
#   make demo       watch a real Asterisk leave and play voicemail through this library
#   make demo-c     the same job by a small C program
#   make test       formatting, lints, unit tests, ABI, C programs, valgrind, end to end: more than an hour
#   make test-all   that, and what takes hours more (packages, sanitizers, every way to link...): before a release
#   make soak       ten minutes of callers and owners while the server fails in every way, then everything is counted
#   make sanitize   the C programs with AddressSanitizer and ThreadSanitizer
#   make fuzz       each fuzz target for FUZZ_SECONDS=600 seconds (docs/fuzzing.md)
#   make miri       the unit tests of src/abi under Miri
#   make bench      measures UW's library and this one; writes docs/benchmarks.md
#   make check      the quick part of it
#   make clean

export FUZZ_SECONDS ?= 600

DESTDIR =
PREFIX = /usr/local
LIBDIR = $(PREFIX)/lib
INCLUDEDIR = $(PREFIX)/include
MANDIR = $(PREFIX)/share/man
PKGCONFIGDIR = $(LIBDIR)/pkgconfig
TARGET =
SMALL =

CARGO = cargo
CARGO_FLAGS = --locked
OBJCOPY = objcopy
STRIP = strip

SONAME = libc-client.so.2007e
REALNAME = $(SONAME).0
RELEASE = target/release
BUILD = build

# GLIBC=2.31: a library that also runs with that version of the C library, not just with this machine's
# or a newer one. Needs cargo-zigbuild, which brings a linker that knows the symbols of each version.
ifdef GLIBC
HOST := $(shell rustc -vV | sed -n 's/^host: //p')
export CARGO_TARGET_DIR = target/glibc-$(GLIBC)
RELEASE = $(CARGO_TARGET_DIR)/$(HOST)/release
BUILD = zigbuild --lib --target $(HOST).$(GLIBC)
else ifdef TARGET
BUILD += --target $(TARGET)
RELEASE = target/$(TARGET)/release
VMIMAP = target/vmimap/$(TARGET)/release/vmimap
endif
STATIC = $(RELEASE)/c-client.a
SHARED = $(RELEASE)/libc_client.so
VMIMAP ?= target/vmimap/release/vmimap
ifdef SMALL
STATIC =
SHARED = target/small/$(or $(TARGET),$(shell rustc -vV | sed -n 's/^host: //p'))/small/libc_client.so
endif
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

all: build $(STATIC)

# cargo knows best what is stale.
build:
	$(if $(SMALL),scripts/small.sh $(TARGET),$(CARGO) $(BUILD) --release $(CARGO_FLAGS))

# One relocatable object in which only the symbols of symbols.tsv are global: a program that links
# it sees nothing of Rust's runtime, and can link another Rust library beside it.
ifndef SMALL
$(STATIC): build src/abi/symbols.tsv scripts/static-library.sh
	LD=$(LD) OBJCOPY=$(OBJCOPY) AR=$(AR) scripts/static-library.sh $(RELEASE)/libc_client.a $@
endif

install: all
	install -d $(DESTDIR)$(LIBDIR) $(DESTDIR)$(PKGCONFIGDIR) $(DESTDIR)$(INCLUDEDIR)/c-client
	install -m 644 $(SHARED) $(DESTDIR)$(LIBDIR)/$(REALNAME)
	$(STRIP) --strip-unneeded $(DESTDIR)$(LIBDIR)/$(REALNAME)
	ln -sf $(REALNAME) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libc-client.so
	$(if $(STATIC),install -m 644 $(STATIC) $(DESTDIR)$(LIBDIR)/c-client.a)
	$(if $(STATIC),ln -sf c-client.a $(DESTDIR)$(LIBDIR)/libc-client.a)
	install -m 644 include/c-client/*.h include/c-client/linkage.c $(DESTDIR)$(INCLUDEDIR)/c-client/
	$(if $(FLAT),install -m 644 include/c-client/*.h include/c-client/linkage.c $(DESTDIR)$(INCLUDEDIR)/)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
	    -e 's|@VERSION@|$(VERSION)|' scripts/c-client.pc.in >$(DESTDIR)$(PKGCONFIGDIR)/c-client.pc
	for page in man/*.[1-9]; do \
	    install -d $(DESTDIR)$(MANDIR)/man$${page##*.} && install -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.}/ || exit 1; \
	done

# What a program's build looks for in UW's source tree once that is compiled: headers, archive, and the libraries that
# the archive needs, in the files c-client/LDFLAGS and c-client/CCTYPE.
tree: all
	@[ -n "$(DIR)" ] || { echo "make tree: say where, DIR=..." >&2; exit 2; }
	install -d $(DIR)/c-client
	install -m 644 include/c-client/*.h include/c-client/linkage.c $(STATIC) $(DIR)/c-client/
	ln -sf c-client.a $(DIR)/c-client/libc-client.a
	sed -n 's/^Libs.private: //p' scripts/c-client.pc.in >$(DIR)/c-client/LDFLAGS
	echo gcc >$(DIR)/c-client/CCTYPE

dist:
	scripts/dist.sh

deb:
	packaging/deb.sh

recipes:
	packaging/recipes.py write

small:
	scripts/small.sh $(TARGET)

# A workspace of its own, in a directory of its own below target: never the library that programs load.
vmimap:
	cd vmimap && $(CARGO) build --release $(if $(TARGET),--target $(TARGET)) $(CARGO_FLAGS)

install-vmimap: vmimap
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(MANDIR)/man1
	install -m 755 $(VMIMAP) $(DESTDIR)$(PREFIX)/bin/vmimap
	$(STRIP) $(DESTDIR)$(PREFIX)/bin/vmimap
	install -m 644 vmimap/vmimap.1 $(DESTDIR)$(MANDIR)/man1/vmimap.1

deps:
	scripts/install-deps.sh build

test-deps:
	scripts/install-deps.sh

# Every part runs, whatever became of the ones before; each part's own last line is kept, and the
# summary at the end fails when any part failed.
test: test-deps all
	scripts/test.sh

test-all: test-deps all
	scripts/test.sh --all

# Without servers: formatting, lints, unit tests, and what the compiler and linker can tell.
check: all
	scripts/test.sh --quick

demo: test-deps all
	python3 e2e/demo.py

demo-c: all
	scripts/install-deps.sh build test
	python3 c-tests/demo/run.py

bench: test-deps all
	python3 bench/run.py

soak: test-deps all
	python3 e2e/soak.py

sanitize: test-deps
	scripts/sanitize.sh

fuzz:
	scripts/install-deps.sh build fuzz
	scripts/fuzz.sh

miri:
	scripts/miri.sh

headers:
	UPDATE_HEADERS=1 $(CARGO) test $(CARGO_FLAGS) --test headers

clean:
	$(CARGO) clean

.PHONY: all build install dist deb recipes small vmimap install-vmimap deps test-deps test test-all check demo demo-c bench soak sanitize fuzz miri headers clean
