# As much of FreeBSD's bsd.port.mk as a port uses, for bmake: `stage` unpacks, builds, and installs below STAGEDIR, `check-plist`
# compares that with pkg-plist. WRKDIR, DISTDIR and LOCALBASE come from packaging/recipes.py.
DISTNAME?=	${PORTNAME}-${DISTVERSION}
WRKSRC?=	${WRKDIR}/${DISTNAME}
STAGEDIR?=	${WRKDIR}/stage
PREFIX?=	/usr/local
RUST_DEFAULT?=	rust
STRIP_CMD?=	strip
SETENV?=	/usr/bin/env
MAKE_JOBS_NUMBER?=	2
ALL_TARGET?=	all
INSTALL_TARGET?=	install
.for use in ${USES}
.  if ${use} == "gmake"
MAKE_CMD=	make
.  elif ${use} == "tar:xz"
EXTRACT_SUFX=	.tar.xz
.  else
.    error USES=${use}: the stand-in does not know it
.  endif
.endfor
MAKE_CMD?=	bmake
EXTRACT_SUFX?=	.tar.gz
MAKE_ENV+=	PREFIX=${PREFIX} LOCALBASE=${LOCALBASE}
MAKE_ARGS+=	DESTDIR=${STAGEDIR}

check-fields:
.for name in PORTNAME DISTVERSION CATEGORIES MASTER_SITES MAINTAINER COMMENT WWW LICENSE USE_LDCONFIG
	@test -n "${${name}}" || { echo "no ${name}" >&2; exit 1; }
.endfor
	@test "$$(printf %s "${COMMENT}" | wc -c)" -le 70 || { echo "COMMENT is too long" >&2; exit 1; }
	@case "${COMMENT}" in [A-Z]*[!.]) ;; *) echo "COMMENT: a capital, no full stop" >&2; exit 1 ;; esac
	@test "$$(awk '{ if (length > most) most = length } END { print most }' pkg-descr)" -le 80

extract: check-fields
	grep -qx "SIZE (${DISTNAME}${EXTRACT_SUFX}) = $$(stat -c %s ${DISTDIR}/${DISTNAME}${EXTRACT_SUFX})" distinfo
	grep -qx "SHA256 (${DISTNAME}${EXTRACT_SUFX}) = $$(sha256sum <${DISTDIR}/${DISTNAME}${EXTRACT_SUFX} | cut -d ' ' -f 1)" distinfo
	rm -rf ${WRKSRC} ${STAGEDIR}
	mkdir -p ${WRKDIR} ${STAGEDIR}
	tar -xf ${DISTDIR}/${DISTNAME}${EXTRACT_SUFX} -C ${WRKDIR}
.if defined(KEPT)
	ln -s ${KEPT} ${WRKSRC}/target
.endif
	for file in ${LICENSE_FILE_APACHE20} ${LICENSE_FILE_MIT}; do test -s $$file || exit 1; done

build: extract
	cd ${WRKSRC} && ${SETENV} ${MAKE_ENV} ${MAKE_CMD} ${MAKE_ARGS} ${ALL_TARGET}

stage: build
	cd ${WRKSRC} && ${SETENV} ${MAKE_ENV} ${MAKE_CMD} ${MAKE_ARGS} ${INSTALL_TARGET}
	find ${STAGEDIR}${PREFIX}/share/man -type f -exec gzip -9nf {} +

check-plist: stage
	cd ${STAGEDIR}${PREFIX} && find . ! -type d | sed 's|^\./||' | LC_ALL=C sort >${WRKDIR}/staged
	diff pkg-plist ${WRKDIR}/staged
	@! find ${STAGEDIR} ! -type d ! -path "${STAGEDIR}${PREFIX}/*" | grep .

test: build do-test
