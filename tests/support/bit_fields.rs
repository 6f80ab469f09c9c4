//! The bit-fields of the whole interface.

use c_client::abi::types::*;

/// All bit-fields of the interface. A struct that is missing here fails the test of the headers, `members`.
pub fn bit_fields() -> Vec<BitField> {
    [
        Envelope::BIT_FIELDS,
        MessageCache::BIT_FIELDS,
        MessageCachePrivate::BIT_FIELDS,
        MailStream::BIT_FIELDS,
        SearchPgm::BIT_FIELDS,
        SortPgm::BIT_FIELDS,
        SortCache::BIT_FIELDS,
        NetMbx::BIT_FIELDS,
        ImapCap::BIT_FIELDS,
        Utf8EucParam::BIT_FIELDS,
        SendStream::BIT_FIELDS,
        SendStreamProtocolEsmtp::BIT_FIELDS,
        SendStreamProtocolEsmtpService::BIT_FIELDS,
        SendStreamProtocolEsmtpEightbit::BIT_FIELDS,
        SendStreamProtocolEsmtpDsn::BIT_FIELDS,
        SendStreamProtocolEsmtpDsnNotify::BIT_FIELDS,
        SendStreamProtocolEsmtpSize::BIT_FIELDS,
        SendStreamProtocolEsmtpDeliverby::BIT_FIELDS,
        SendStreamProtocolEsmtpAtrn::BIT_FIELDS,
        SendStreamProtocolNntp::BIT_FIELDS,
        SendStreamProtocolNntpExt::BIT_FIELDS,
    ]
    .concat()
}
