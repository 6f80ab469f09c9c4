# As much of OpenWrt's rules.mk as a recipe uses. WORK, SOURCES, TARGET_CC and RUSTFLAGS_MORE come from packaging/recipes.py.
INCLUDE_DIR := $(TOPDIR)/include
BUILD_DIR := $(WORK)/build
DL_DIR := $(SOURCES)
STAGING_DIR := $(WORK)/staging
ARCH := x86_64
CONFIG_USE_MUSL := y
TARGET_CC_NOCACHE := $(TARGET_CC)
TARGET_CFLAGS := -Os -pipe
INSTALL_DIR := install -d -m0755
INSTALL_DATA := install -m0644
INSTALL_BIN := install -m0755
CP := cp -fpR
