//! The charsets that c-client knows: names, how they are written, what they are for (`utf8_charset`).

use super::{Charset, Scheme, single};
use Scheme::*;

/// The main name of a charset (`CF_PRIMARY`).
pub const PRIMARY: u16 = 0x1;
/// It is shown to users (`CF_DISPLAY`).
pub const DISPLAY: u16 = 0x2;
/// Mail is written in it (`CF_POSTING`).
pub const POSTING: u16 = 0x4;
/// Nothing is converted to it (`CF_UNSUPRT`).
pub const UNSUPPORTED: u16 = 0x8;
/// It does not occur in mail (`CF_NOEMAIL`).
pub const NO_EMAIL: u16 = 0x10;
const MAIL: u16 = PRIMARY | DISPLAY | POSTING;
const SHOWN: u16 = PRIMARY | DISPLAY;

// Scripts (`SC_`).
const UNICODE: u32 = 0x1;
const LATIN_1: u32 = 0x10;
const LATIN_2: u32 = 0x20;
const LATIN_3: u32 = 0x40;
const LATIN_4: u32 = 0x80;
const LATIN_5: u32 = 0x100;
const LATIN_6: u32 = 0x200;
const LATIN_7: u32 = 0x400;
const LATIN_8: u32 = 0x800;
const LATIN_9: u32 = 0x1000;
const ARABIC: u32 = 0x2000;
const CYRILLIC: u32 = 0x4000;
const GREEK: u32 = 0x8000;
const HEBREW: u32 = 0x10000;
const THAI: u32 = 0x20000;
const UKRAINIAN: u32 = 0x40000;
const LATIN_10: u32 = 0x80000;
const VIETNAMESE: u32 = 0x100000;
const SIMPLIFIED: u32 = 0x1000000;
const TRADITIONAL: u32 = 0x2000000;
const JAPANESE: u32 = 0x4000000;
const KOREAN: u32 = 0x8000000;
/// All but Unicode and what is Ukrainian only.
#[cfg(feature = "east-asia")]
const ISO_2022_JP_2: u32 = (LATIN_9 << 1) - LATIN_1
    + (ARABIC | CYRILLIC | GREEK | HEBREW | THAI | LATIN_10 | VIETNAMESE)
    + (SIMPLIFIED | TRADITIONAL | JAPANESE | KOREAN);

/// A script that a program may offer (`utf8_script`).
#[derive(Debug)]
pub struct Script {
    /// Its name.
    pub name: &'static str,
    /// Where it is used; empty if its name says so.
    pub description: &'static str,
    /// Its bit (`SC_`).
    pub bit: u32,
}

const fn script(name: &'static str, description: &'static str, bit: u32) -> Script {
    Script {
        name,
        description,
        bit,
    }
}

/// All scripts but Unicode, in the order in which c-client lists them, as it spells them.
pub static SCRIPTS: &[Script] = &[
    script("Arabic", "", ARABIC),
    script("Chinese Simplified", "China, Singapore", SIMPLIFIED),
    script(
        "Chinese Traditional",
        "Taiwan, Hong Kong, Macao",
        TRADITIONAL,
    ),
    script("Cyrillic", "", CYRILLIC),
    script("Cyrillic Ukranian", "", UKRAINIAN),
    script("Greek", "", GREEK),
    script("Hebrew", "", HEBREW),
    script("Japanese", "", JAPANESE),
    script("Korean", "", KOREAN),
    script("Latin-1", "Western Europe", LATIN_1),
    script("Latin-2", "Eastern Europe", LATIN_2),
    script("Latin-3", "Southern Europe", LATIN_3),
    script("Latin-4", "Northern Europe", LATIN_4),
    script("Latin-5", "Turkish", LATIN_5),
    script("Latin-6", "Nordic", LATIN_6),
    script("Latin-7", "Baltic", LATIN_7),
    script("Latin-8", "Celtic", LATIN_8),
    script("Latin-9", "Euro", LATIN_9),
    script("Latin-10", "Balkan", LATIN_10),
    script("Thai", "", THAI),
    script("Vietnamese", "", VIETNAMESE),
];

const fn charset(
    name: &'static str,
    scheme: Scheme,
    flags: u16,
    scripts: u32,
    preferred: &'static str,
) -> Charset {
    Charset {
        name,
        flags,
        scripts,
        preferred,
        scheme,
    }
}

/// All charsets, in the order in which c-client lists them; without those of East Asia, if that feature is left out.
#[rustfmt::skip]
pub static CHARSETS: &[Charset] = &[
    charset("US-ASCII", Ascii, MAIL, 0, ""),
    charset("UTF-8", Utf8, MAIL, UNICODE, ""),
    charset("UTF-7", Utf7, PRIMARY | POSTING | UNSUPPORTED, UNICODE, "UTF-8"),
    charset("ISO-8859-1", Latin1, MAIL, LATIN_1, ""),
    charset("ISO-8859-2", Half(&single::ISO_8859_2), MAIL, LATIN_2, ""),
    charset("ISO-8859-3", Half(&single::ISO_8859_3), MAIL, LATIN_3, ""),
    charset("ISO-8859-4", Half(&single::ISO_8859_4), MAIL, LATIN_4, ""),
    charset("ISO-8859-5", Half(&single::ISO_8859_5), MAIL, CYRILLIC, "KOI8-R"),
    charset("ISO-8859-6", Half(&single::ISO_8859_6), MAIL, ARABIC, ""),
    charset("ISO-8859-7", Half(&single::ISO_8859_7), MAIL, GREEK, ""),
    charset("ISO-8859-8", Half(&single::ISO_8859_8), MAIL, HEBREW, ""),
    charset("ISO-8859-9", Half(&single::ISO_8859_9), MAIL, LATIN_5, ""),
    charset("ISO-8859-10", Half(&single::ISO_8859_10), MAIL, LATIN_6, ""),
    charset("ISO-8859-11", Half(&single::TIS_620), MAIL, THAI, ""),
    charset("ISO-8859-13", Half(&single::ISO_8859_13), MAIL, LATIN_7, ""),
    charset("ISO-8859-14", Half(&single::ISO_8859_14), MAIL, LATIN_8, ""),
    charset("ISO-8859-15", Half(&single::ISO_8859_15), MAIL, LATIN_9, ""),
    charset("ISO-8859-16", Half(&single::ISO_8859_16), MAIL, LATIN_10, ""),
    charset("KOI8-R", Half(&single::KOI8_R), MAIL, CYRILLIC, ""),
    charset("KOI8-U", Half(&single::KOI8_U), MAIL, CYRILLIC | UKRAINIAN, ""),
    charset("KOI8-RU", Half(&single::KOI8_U), DISPLAY, CYRILLIC | UKRAINIAN, "KOI8-U"),
    charset("TIS-620", Half(&single::TIS_620), MAIL, THAI, "ISO-8859-11"),
    charset("VISCII", Viscii, MAIL, VIETNAMESE, ""),
    #[cfg(feature = "east-asia")] charset("GBK", Gbk, MAIL, SIMPLIFIED, ""),
    #[cfg(feature = "east-asia")] charset("GB2312", Gbk, MAIL, SIMPLIFIED, "GBK"),
    #[cfg(feature = "east-asia")] charset("CN-GB", Gbk, DISPLAY, SIMPLIFIED, "GBK"),
    #[cfg(feature = "east-asia")] charset("ISO-2022-CN", Iso2022, PRIMARY | UNSUPPORTED, SIMPLIFIED | TRADITIONAL, ""),
    #[cfg(feature = "east-asia")] charset("CN-GB-12345", Gb12345, SHOWN, TRADITIONAL, "BIG5"),
    #[cfg(feature = "east-asia")] charset("BIG5", Big5, MAIL, TRADITIONAL, ""),
    #[cfg(feature = "east-asia")] charset("CN-BIG5", Big5, DISPLAY, TRADITIONAL, "BIG5"),
    #[cfg(feature = "east-asia")] charset("BIG-5", Big5, DISPLAY, TRADITIONAL, "BIG5"),
    #[cfg(feature = "east-asia")] charset("ISO-2022-JP", Iso2022, MAIL, JAPANESE, ""),
    #[cfg(feature = "east-asia")] charset("EUC-JP", EucJp, SHOWN, JAPANESE, "ISO-2022-JP"),
    #[cfg(feature = "east-asia")] charset("SHIFT_JIS", ShiftJis, SHOWN, JAPANESE, "ISO-2022-JP"),
    #[cfg(feature = "east-asia")] charset("SHIFT-JIS", ShiftJis, SHOWN, JAPANESE, "ISO-2022-JP"),
    #[cfg(feature = "east-asia")] charset("ISO-2022-JP-1", Iso2022, UNSUPPORTED, JAPANESE, "ISO-2022-JP"),
    #[cfg(feature = "east-asia")] charset("ISO-2022-JP-2", Iso2022, UNSUPPORTED, ISO_2022_JP_2, "UTF-8"),
    #[cfg(feature = "east-asia")] charset("ISO-2022-KR", Iso2022, SHOWN | UNSUPPORTED, KOREAN, "EUC-KR"),
    #[cfg(feature = "east-asia")] charset("EUC-KR", Korean, MAIL, KOREAN, ""),
    #[cfg(feature = "east-asia")] charset("KSC5601", Korean, SHOWN, KOREAN, "EUC-KR"),
    #[cfg(feature = "east-asia")] charset("KSC_5601", Korean, SHOWN, KOREAN, "EUC-KR"),
    #[cfg(feature = "east-asia")] charset("KS_C_5601-1987", Korean, DISPLAY, KOREAN, "EUC-KR"),
    #[cfg(feature = "east-asia")] charset("KS_C_5601-1989", Korean, DISPLAY, KOREAN, "EUC-KR"),
    #[cfg(feature = "east-asia")] charset("KS_C_5601-1992", Korean, DISPLAY, KOREAN, "EUC-KR"),
    #[cfg(feature = "east-asia")] charset("KS_C_5601-1997", Korean, DISPLAY, KOREAN, "EUC-KR"),
    charset("WINDOWS-874", Half(&single::WINDOWS_874), SHOWN, THAI, "ISO-8859-11"),
    charset("CP874", Half(&single::WINDOWS_874), DISPLAY, THAI, "ISO-8859-11"),
    #[cfg(feature = "east-asia")] charset("WINDOWS-936", Gbk, SHOWN, SIMPLIFIED, "GBK"),
    #[cfg(feature = "east-asia")] charset("CP936", Gbk, DISPLAY, SIMPLIFIED, "GBK"),
    #[cfg(feature = "east-asia")] charset("WINDOWS-949", Korean, SHOWN, KOREAN, "EUC-KR"),
    #[cfg(feature = "east-asia")] charset("CP949", Korean, DISPLAY, KOREAN, "EUC-KR"),
    #[cfg(feature = "east-asia")] charset("X-WINDOWS-949", Korean, SHOWN, KOREAN, "EUC-KR"),
    charset("WINDOWS-1250", Half(&single::WINDOWS_1250), SHOWN, LATIN_2, "ISO-8859-2"),
    charset("CP1250", Half(&single::WINDOWS_1250), DISPLAY, LATIN_2, "ISO-8859-2"),
    charset("WINDOWS-1251", Half(&single::WINDOWS_1251), MAIL, CYRILLIC, "KOI8-R"),
    charset("CP1251", Half(&single::WINDOWS_1251), DISPLAY, CYRILLIC, "KOI8-R"),
    charset("WINDOWS-1252", Half(&single::WINDOWS_1252), SHOWN, LATIN_1, "ISO-8859-1"),
    charset("CP1252", Half(&single::WINDOWS_1252), DISPLAY, LATIN_1, "ISO-8859-1"),
    charset("WINDOWS-1253", Half(&single::WINDOWS_1253), SHOWN, GREEK, "ISO-8859-7"),
    charset("CP1253", Half(&single::WINDOWS_1253), DISPLAY, GREEK, "ISO-8859-7"),
    charset("WINDOWS-1254", Half(&single::WINDOWS_1254), SHOWN, LATIN_5, "ISO-8859-9"),
    charset("CP1254", Half(&single::WINDOWS_1254), DISPLAY, LATIN_5, "ISO-8859-9"),
    charset("WINDOWS-1255", Half(&single::WINDOWS_1255), SHOWN, HEBREW, "ISO-8859-8"),
    charset("CP1255", Half(&single::WINDOWS_1255), DISPLAY, HEBREW, "ISO-8859-8"),
    charset("WINDOWS-1256", Half(&single::WINDOWS_1256), SHOWN, ARABIC, "ISO-8859-6"),
    charset("CP1256", Half(&single::WINDOWS_1256), DISPLAY, ARABIC, "ISO-8859-6"),
    charset("WINDOWS-1257", Half(&single::WINDOWS_1257), SHOWN, LATIN_7, "ISO-8859-13"),
    charset("CP1257", Half(&single::WINDOWS_1257), DISPLAY, LATIN_7, "ISO-8859-13"),
    charset("WINDOWS-1258", Half(&single::WINDOWS_1258), SHOWN, VIETNAMESE, "VISCII"),
    charset("CP1258", Half(&single::WINDOWS_1258), DISPLAY, VIETNAMESE, "VISCII"),
    charset("IBM367", Ascii, SHOWN, 0, "US-ASCII"),
    charset("IBM437", Half(&single::IBM437), SHOWN, LATIN_1, "ISO-8859-1"),
    charset("IBM737", Half(&single::IBM737), SHOWN, GREEK, "ISO-8859-7"),
    charset("IBM775", Half(&single::IBM775), SHOWN, LATIN_7, "ISO-8859-13"),
    charset("IBM850", Half(&single::IBM850), SHOWN, LATIN_1, "ISO-8859-1"),
    charset("IBM852", Half(&single::IBM852), SHOWN, LATIN_2, "ISO-8859-2"),
    charset("IBM855", Half(&single::IBM855), SHOWN, CYRILLIC, "ISO-8859-5"),
    charset("IBM857", Half(&single::IBM857), SHOWN, LATIN_5, "ISO-8859-9"),
    charset("IBM860", Half(&single::IBM860), SHOWN, LATIN_1, "ISO-8859-1"),
    charset("IBM861", Half(&single::IBM861), SHOWN, LATIN_6, "ISO-8859-10"),
    charset("IBM862", Half(&single::IBM862), SHOWN, HEBREW, "ISO-8859-8"),
    charset("IBM863", Half(&single::IBM863), SHOWN, LATIN_1, "ISO-8859-1"),
    charset("IBM864", Half(&single::IBM864), SHOWN, ARABIC, "ISO-8859-6"),
    charset("IBM865", Half(&single::IBM865), SHOWN, LATIN_6, "ISO-8859-10"),
    charset("IBM866", Half(&single::IBM866), SHOWN, CYRILLIC, "KOI8-R"),
    charset("IBM869", Half(&single::IBM869), SHOWN, GREEK, "ISO-8859-7"),
    charset("IBM874", Half(&single::WINDOWS_874), SHOWN, THAI, "ISO-8859-11"),
    charset("ANSI_X3.4-1968", Ascii, DISPLAY, 0, "US-ASCII"),
    charset("UNICODE-1-1-UTF-7", Utf7, UNSUPPORTED, UNICODE, "UTF-8"),
    charset("UCS-2", Ucs2, SHOWN | NO_EMAIL, UNICODE, "UTF-8"),
    charset("UCS-4", Ucs4, SHOWN | NO_EMAIL, UNICODE, "UTF-8"),
    charset("UTF-16", Utf16, SHOWN | NO_EMAIL, UNICODE, "UTF-8"),
];
