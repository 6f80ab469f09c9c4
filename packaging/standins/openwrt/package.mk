# As much of OpenWrt's include/package.mk as a recipe uses. `make compile` unpacks, builds and stages; each package's files
# lie in WORK/ipkg/NAME afterwards, those for other builds in WORK/staging, and the fields in WORK/fields.
PKG_BUILD_DIR ?= $(BUILD_DIR)/$(PKG_NAME)-$(PKG_VERSION)
PKG_INSTALL_DIR ?= $(PKG_BUILD_DIR)/ipkg-install

required = $(if $($(1)),,$(error no $(1)))
$(foreach name,PKG_NAME PKG_VERSION PKG_RELEASE PKG_SOURCE PKG_SOURCE_URL PKG_HASH PKG_MAINTAINER PKG_LICENSE,$(call required,$(name)))

define BuildPackage
$(eval $(Package/$(1)))
$(foreach name,SECTION CATEGORY TITLE DEPENDS,$(call required,$(name)))
$(if $(Package/$(1)/description),,$(error no description of $(1)))
compile: package-$(1)
package-$(1): built
	rm -rf $(WORK)/ipkg/$(1)
	$$(call Package/$(1)/install,$(WORK)/ipkg/$(1))
	printf '%s\t%s\t%s\t%s\t%s\n' '$(1)' '$(TITLE)' '$(PKG_LICENSE)' '$(DEPENDS)' '$(PROVIDES)' >>$(WORK)/fields
endef

compile:
prepare:
	echo "$(PKG_HASH)  $(DL_DIR)/$(PKG_SOURCE)" | sha256sum -c --quiet -
	rm -rf $(PKG_BUILD_DIR) $(STAGING_DIR) $(WORK)/fields
	mkdir -p $(BUILD_DIR) $(STAGING_DIR) $(CARGO_HOME)
	tar -xf $(DL_DIR)/$(PKG_SOURCE) -C $(BUILD_DIR)
	$(if $(KEPT),ln -s $(KEPT) $(PKG_BUILD_DIR)/target)
	for file in $(PKG_LICENSE_FILES); do test -s $(PKG_BUILD_DIR)/$$file || exit 1; done
built: prepare
	$(call Build/Configure)
	$(call Build/Compile)
	$(call Build/InstallDev,$(STAGING_DIR))
.PHONY: compile prepare built
