//! Constants of `utf8.h`.

use core::ffi::{c_int, c_uint};

// `utf8_text` flags.
pub const U8T_CASECANON: c_int = 2;
pub const U8T_DECOMPOSE: c_int = 4;
pub const U8T_CANONICAL: c_int = U8T_CASECANON | U8T_DECOMPOSE;

// Mask of the bits beyond the Basic Multilingual Plane.
pub const U8GM_NONBMP: c_uint = 0xffff0000;

// Errors of `utf8_get`.
pub const U8G_ERROR: c_uint = 0x80000000;
pub const U8G_BADCONT: c_uint = U8G_ERROR + 1;
pub const U8G_INCMPLT: c_uint = U8G_ERROR + 2;
pub const U8G_NOTUTF8: c_uint = U8G_ERROR + 3;
pub const U8G_ENDSTRG: c_uint = U8G_ERROR + 4;
pub const U8G_ENDSTRI: c_uint = U8G_ERROR + 5;
pub const U8G_SURROGA: c_uint = U8G_ERROR + 6;
pub const U8G_NOTUNIC: c_uint = U8G_ERROR + 7;

// Errors of `ucs4_width`.
pub const U4W_ERROR: c_uint = 0x80000000;
pub const U4W_NOTUNCD: c_uint = U4W_ERROR + 1;
pub const U4W_PRIVATE: c_uint = U4W_ERROR + 2;
pub const U4W_SSPCHAR: c_uint = U4W_ERROR + 3;
pub const U4W_UNASSGN: c_uint = U4W_ERROR + 4;
pub const U4W_CONTROL: c_uint = U4W_ERROR + 5;
pub const U4W_CTLSRGT: c_uint = U4W_CONTROL;

// ISO 2022: states of the reader.
pub const I2S_CHAR: c_int = 0;
pub const I2S_ESC: c_int = 1;
pub const I2S_MUL: c_int = 2;
pub const I2S_INT: c_int = 3;

// ISO 2022: designators and shifts.
pub const I2C_G0: c_int = 0;
pub const I2C_G1: c_int = 1;
pub const I2C_G2: c_int = 2;
pub const I2C_G3: c_int = 3;
pub const I2C_SG2: c_int = 2 << 2;
pub const I2C_SG3: c_int = 3 << 2;
pub const I2C_ESC: c_int = 0x1b;
pub const I2C_STRUCTURE: c_int = 0x20;
pub const I2C_C0: c_int = 0x21;
pub const I2C_C1: c_int = 0x22;
pub const I2C_CONTROL: c_int = 0x23;
pub const I2C_MULTI: c_int = 0x24;
pub const I2C_OTHER: c_int = 0x25;
pub const I2C_REVISED: c_int = 0x26;
pub const I2C_G0_94: c_int = 0x28;
pub const I2C_G1_94: c_int = 0x29;
pub const I2C_G2_94: c_int = 0x2A;
pub const I2C_G3_94: c_int = 0x2B;
pub const I2C_G0_96: c_int = 0x2C;
pub const I2C_G1_96: c_int = 0x2D;
pub const I2C_G2_96: c_int = 0x2E;
pub const I2C_G3_96: c_int = 0x2F;
pub const I2C_SI: c_int = 0x0f;
pub const I2C_SO: c_int = 0x0e;
pub const I2C_LS2: c_int = 0x6e;
pub const I2C_LS3: c_int = 0x6f;
pub const I2C_LS1R: c_int = 0x7e;
pub const I2C_LS2R: c_int = 0x7d;
pub const I2C_LS3R: c_int = 0x7c;
pub const I2C_SS2_ALT: c_int = 0x8e;
pub const I2C_SS3_ALT: c_int = 0x8f;
pub const I2C_SS2_ALT_7: c_int = 0x19;
pub const I2C_SS3_ALT_7: c_int = 0x1d;
pub const I2C_SS2: c_int = 0x4e;
pub const I2C_SS3: c_int = 0x4f;

// ISO 2022: character sets.
pub const I2CS_94_BRITISH: c_int = 0x41;
pub const I2CS_94_ASCII: c_int = 0x42;
pub const I2CS_94_JIS_BUGROM: c_int = 0x48;
pub const I2CS_94_JIS_KANA: c_int = 0x49;
pub const I2CS_94_JIS_ROMAN: c_int = 0x4a;
pub const I2CS_94x94_JIS_OLD: c_int = 0x40;
pub const I2CS_94x94_GB: c_int = 0x41;
pub const I2CS_94x94_JIS_NEW: c_int = 0x42;
pub const I2CS_94x94_KSC: c_int = 0x43;
pub const I2CS_94x94_JIS_EXT: c_int = 0x44;
pub const I2CS_94x94_CNS1: c_int = 0x47;
pub const I2CS_94x94_CNS2: c_int = 0x48;
pub const I2CS_94x94_CNS3: c_int = 0x49;
pub const I2CS_94x94_CNS4: c_int = 0x4a;
pub const I2CS_94x94_CNS5: c_int = 0x4b;
pub const I2CS_94x94_CNS6: c_int = 0x4c;
pub const I2CS_94x94_CNS7: c_int = 0x4d;
pub const I2CS_96_ISO8859_1: c_int = 0x41;
pub const I2CS_96_ISO8859_2: c_int = 0x42;
pub const I2CS_96_ISO8859_3: c_int = 0x43;
pub const I2CS_96_ISO8859_4: c_int = 0x44;
pub const I2CS_96_ISO8859_7: c_int = 0x46;
pub const I2CS_96_ISO8859_6: c_int = 0x47;
pub const I2CS_96_ISO8859_8: c_int = 0x48;
pub const I2CS_96_ISO8859_5: c_int = 0x4c;
pub const I2CS_96_ISO8859_9: c_int = 0x4d;
pub const I2CS_96_TIS620: c_int = 0x54;
pub const I2CS_96_ISO8859_10: c_int = 0x56;
pub const I2CS_96_ISO8859_13: c_int = 0x59;
pub const I2CS_96_VSCII: c_int = 0x5a;
pub const I2CS_96_ISO8859_14: c_int = 0x5c;
pub const I2CS_96_ISO8859_15: c_int = 0x62;
pub const I2CS_96_ISO8859_16: c_int = 0x66;
pub const I2CS_94: c_int = 0x000;
pub const I2CS_96: c_int = 0x100;
pub const I2CS_MUL: c_int = 0x200;
pub const I2CS_94x94: c_int = I2CS_MUL | I2CS_94;
pub const I2CS_96x96: c_int = I2CS_MUL | I2CS_96;
pub const I2CS_BRITISH: c_int = I2CS_94 | I2CS_94_BRITISH;
pub const I2CS_ASCII: c_int = I2CS_94 | I2CS_94_ASCII;
pub const I2CS_JIS_BUGROM: c_int = I2CS_94 | I2CS_94_JIS_BUGROM;
pub const I2CS_JIS_KANA: c_int = I2CS_94 | I2CS_94_JIS_KANA;
pub const I2CS_JIS_ROMAN: c_int = I2CS_94 | I2CS_94_JIS_ROMAN;
pub const I2CS_JIS_OLD: c_int = I2CS_94x94 | I2CS_94x94_JIS_OLD;
pub const I2CS_GB: c_int = I2CS_94x94 | I2CS_94x94_GB;
pub const I2CS_JIS_NEW: c_int = I2CS_94x94 | I2CS_94x94_JIS_NEW;
pub const I2CS_KSC: c_int = I2CS_94x94 | I2CS_94x94_KSC;
pub const I2CS_JIS_EXT: c_int = I2CS_94x94 | I2CS_94x94_JIS_EXT;
pub const I2CS_CNS1: c_int = I2CS_94x94 | I2CS_94x94_CNS1;
pub const I2CS_CNS2: c_int = I2CS_94x94 | I2CS_94x94_CNS2;
pub const I2CS_CNS3: c_int = I2CS_94x94 | I2CS_94x94_CNS3;
pub const I2CS_CNS4: c_int = I2CS_94x94 | I2CS_94x94_CNS4;
pub const I2CS_CNS5: c_int = I2CS_94x94 | I2CS_94x94_CNS5;
pub const I2CS_CNS6: c_int = I2CS_94x94 | I2CS_94x94_CNS6;
pub const I2CS_CNS7: c_int = I2CS_94x94 | I2CS_94x94_CNS7;
pub const I2CS_ISO8859_1: c_int = I2CS_96 | I2CS_96_ISO8859_1;
pub const I2CS_ISO8859_2: c_int = I2CS_96 | I2CS_96_ISO8859_2;
pub const I2CS_ISO8859_3: c_int = I2CS_96 | I2CS_96_ISO8859_3;
pub const I2CS_ISO8859_4: c_int = I2CS_96 | I2CS_96_ISO8859_4;
pub const I2CS_ISO8859_7: c_int = I2CS_96 | I2CS_96_ISO8859_7;
pub const I2CS_ISO8859_6: c_int = I2CS_96 | I2CS_96_ISO8859_6;
pub const I2CS_ISO8859_8: c_int = I2CS_96 | I2CS_96_ISO8859_8;
pub const I2CS_ISO8859_5: c_int = I2CS_96 | I2CS_96_ISO8859_5;
pub const I2CS_ISO8859_9: c_int = I2CS_96 | I2CS_96_ISO8859_9;
pub const I2CS_TIS620: c_int = I2CS_96 | I2CS_96_TIS620;
pub const I2CS_ISO8859_10: c_int = I2CS_96 | I2CS_96_ISO8859_10;
pub const I2CS_ISO8859_13: c_int = I2CS_96 | I2CS_96_ISO8859_13;
pub const I2CS_VSCII: c_int = I2CS_96 | I2CS_96_VSCII;
pub const I2CS_ISO8859_14: c_int = I2CS_96 | I2CS_96_ISO8859_14;
pub const I2CS_ISO8859_15: c_int = I2CS_96 | I2CS_96_ISO8859_15;
pub const I2CS_ISO8859_16: c_int = I2CS_96 | I2CS_96_ISO8859_16;

// EUC: single shifts.
pub const EUC_CS2: c_int = 0x8e;
pub const EUC_CS3: c_int = 0x8f;

// Bit masks.
pub const BITS7: c_int = 0x7f;
pub const BIT8: c_int = 0x80;

// Code points of the Basic Multilingual Plane.
pub const UCS2_C0CONTROL: c_int = 0x00;
pub const UCS2_C0CONTROLEND: c_int = 0x1F;
pub const UCS2_C1CONTROL: c_int = 0x80;
pub const UCS2_C1CONTROLEND: c_int = 0x9F;
pub const UCS2_POUNDSTERLING: c_int = 0x00a3;
pub const UCS2_YEN: c_int = 0x00a5;
pub const UCS2_OVERLINE: c_int = 0x203e;
pub const UCS2_EURO: c_int = 0x20ac;
pub const UCS2_KATAKANA: c_int = 0xff61;
pub const UCS2_BOM: c_int = 0xfeff;
pub const UCS2_BOGON: c_int = 0xfffd;
pub const UCS2_BOMCHECK: c_int = 0xfffe;
pub const UCS2_NOTCHAR: c_int = 0xffff;

// Planes.
pub const UCS4_BMPBASE: c_int = 0x0000;
pub const UCS4_SMPBASE: c_int = 0x10000;
pub const UCS4_SIPBASE: c_int = 0x20000;
pub const UCS4_UNABASE: c_int = 0x40000;
pub const UCS4_SSPBASE: c_int = 0xe0000;
pub const UCS4_PVTBASE: c_int = 0xf0000;
pub const UCS4_MAXUNICODE: c_int = 0x10ffff;

// UTF-16 surrogates.
pub const UTF16_BASE: c_int = 0x10000;
pub const UTF16_SHIFT: c_int = 10;
pub const UTF16_MASK: c_int = 0x3ff;
pub const UTF16_SURR: c_int = 0xd800;
pub const UTF16_SURRH: c_int = 0xd800;
pub const UTF16_SURRHEND: c_int = 0xdbff;
pub const UTF16_SURRL: c_int = 0xdc00;
pub const UTF16_SURRLEND: c_int = 0xdfff;
pub const UTF16_MAXSURR: c_int = 0xdfff;

// Replacements for what cannot be converted.
pub const UBOGON: c_int = UCS2_BOGON;
pub const NOCHAR: c_int = UCS2_NOTCHAR;

// Characters that national sets put in place of ASCII's.
pub const BRITISH_POUNDSTERLING: c_int = 0x23;
pub const JISROMAN_YEN: c_int = 0x5c;
pub const JISROMAN_OVERLINE: c_int = 0x7e;

// Half-width katakana.
pub const MIN_KANA_7: c_int = 0x21;
pub const MIN_KANA_8: c_int = MIN_KANA_7 | BIT8;
pub const MAX_KANA_7: c_int = 0x60;
pub const MAX_KANA_8: c_int = MAX_KANA_7 | BIT8;
pub const KANA_7: c_int = UCS2_KATAKANA - MIN_KANA_7;
pub const KANA_8: c_int = UCS2_KATAKANA - MIN_KANA_8;

// Scripts, one bit each.
pub const SC_UNICODE: c_int = 0x1;
pub const SC_LATIN_1: c_int = 0x10;
pub const SC_LATIN_2: c_int = 0x20;
pub const SC_LATIN_3: c_int = 0x40;
pub const SC_LATIN_4: c_int = 0x80;
pub const SC_LATIN_5: c_int = 0x100;
pub const SC_LATIN_6: c_int = 0x200;
pub const SC_LATIN_7: c_int = 0x400;
pub const SC_LATIN_8: c_int = 0x800;
pub const SC_LATIN_9: c_int = 0x1000;
pub const SC_LATIN_0: c_int = SC_LATIN_9;
pub const SC_ARABIC: c_int = 0x2000;
pub const SC_CYRILLIC: c_int = 0x4000;
pub const SC_GREEK: c_int = 0x8000;
pub const SC_HEBREW: c_int = 0x10000;
pub const SC_THAI: c_int = 0x20000;
pub const SC_UKRANIAN: c_int = 0x40000;
pub const SC_LATIN_10: c_int = 0x80000;
pub const SC_VIETNAMESE: c_int = 0x100000;
pub const SC_CHINESE_SIMPLIFIED: c_int = 0x1000000;
pub const SC_CHINESE_TRADITIONAL: c_int = 0x2000000;
pub const SC_JAPANESE: c_int = 0x4000000;
pub const SC_KOREAN: c_int = 0x8000000;

// Charset types (`Charset::type`).
pub const CT_UNKNOWN: c_int = 0;
pub const CT_ASCII: c_int = 1;
pub const CT_UCS2: c_int = 2;
pub const CT_UCS4: c_int = 3;
pub const CT_1BYTE0: c_int = 10;
pub const CT_1BYTE: c_int = 11;
pub const CT_1BYTE8: c_int = 12;
pub const CT_EUC: c_int = 100;
pub const CT_DBYTE: c_int = 101;
pub const CT_DBYTE2: c_int = 102;
pub const CT_UTF16: c_int = 1000;
pub const CT_UTF8: c_int = 1001;
pub const CT_UTF7: c_int = 1002;
pub const CT_2022: c_int = 10000;
pub const CT_SJIS: c_int = 10001;

// Charset flags (`Charset::flags`).
pub const CF_PRIMARY: c_int = 0x1;
pub const CF_DISPLAY: c_int = 0x2;
pub const CF_POSTING: c_int = 0x4;
pub const CF_UNSUPRT: c_int = 0x8;
pub const CF_NOEMAIL: c_int = 0x10;

// UTF-7: states of the reader.
pub const U7_ASCII: c_int = 0;
pub const U7_PLUS: c_int = 1;
pub const U7_UNICODE: c_int = 2;
pub const U7_MINUS: c_int = 3;
