//! What a build without OAuth 2 has instead: nobody logs in who is to do so with a token.

use std::path::Path;

use super::{Outcome, Plan, Wanted};
use crate::abi::constants::ERROR;
use crate::abi::sasl_login::{Answer, Protocol};
use crate::abi::stream::Entered;
use crate::abi::tell;
use crate::mailbox_name::NetMbx;

fn refused(plan: &Plan) -> String {
    let demanded = &plan.demanded;
    format!("Token login refused, which {demanded} demands: this library was built without OAuth 2")
}

pub(super) fn wanted_token(_: &NetMbx, plan: Plan) -> Result<Wanted, String> {
    Err(refused(&plan))
}

#[expect(
    clippy::extra_unused_type_parameters,
    reason = "called as the one that logs in"
)]
pub(super) fn with_token<P: Protocol>(
    _: &Entered,
    _: &NetMbx,
    _: &[String],
    _: &Path,
    _: Answer,
    plan: &Plan,
) -> Outcome {
    tell::log(refused(plan), ERROR);
    Outcome::Out
}
