//! Payment data as agents copy it: a PIX code only when its checksum holds, a boleto line only when its check digits do.

use chrono::{DateTime, NaiveDate, Utc};
use contract::boleto::BoletoLine;
use contract::pix::crc16;
use contract::{Boleto, Pix};

use crate::links;

/// How every BR Code of version 01 begins.
const PIX_START: &str = "000201";
/// The checksum's field and length; its four digits are the last of the code.
const PIX_CRC: &str = "6304";
const PIX_MAX: usize = 512;

/// Takes a PIX code verbatim; `None` when it is not whole.
pub(crate) fn pix(code: &str, expires_at: Option<DateTime<Utc>>) -> Option<Pix> {
    let code = code.trim();
    is_whole(code).then(|| Pix {
        code: Some(code.to_owned()),
        expires_at,
    })
}

fn is_whole(code: &str) -> bool {
    let Some((signed, told)) = code
        .len()
        .checked_sub(4)
        .and_then(|at| code.split_at_checked(at))
    else {
        return false;
    };
    code.len() <= PIX_MAX
        && code.starts_with(PIX_START)
        && signed.ends_with(PIX_CRC)
        && told.eq_ignore_ascii_case(&format!("{:04X}", crc16(signed.as_bytes())))
}

/// Holds a boleto's fields as sent.
#[derive(Default)]
pub(crate) struct BoletoSent<'a> {
    pub(crate) line: Option<&'a str>,
    pub(crate) url: Option<&'a str>,
    pub(crate) due_on: Option<NaiveDate>,
}

impl BoletoSent<'_> {
    /// Reads what holds: the line by its check digits, the link by being `https`, the due date as told or from the line.
    ///
    /// `sent_on` settles which of two days a line's due date means.
    pub(crate) fn read(&self, sent_on: NaiveDate) -> Option<Boleto> {
        let line = self
            .line
            .and_then(|text| BoletoLine::parse(text, sent_on).ok());
        let url = self.url.and_then(links::https);
        if line.is_none() && url.is_none() {
            return None;
        }
        Some(Boleto {
            due_on: self
                .due_on
                .or_else(|| line.as_ref().and_then(|line| line.due.on())),
            line: line.map(|line| line.line),
            url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BoletoSent, pix};
    use chrono::NaiveDate;

    const CODE: &str = "00020101021226760014br.gov.bcb.pix2554pix.example.com/qr/v2/3F0A61D2C84B4E0FA9B7C1D2E3F405175204000053039865802BR5923Doces do Vale Cursos Lt6014BELO HORIZONTE62070503***6304D1AE";

    #[test]
    fn takes_only_whole_pix_codes() {
        let taken = |code: &str| pix(code, None).and_then(|pix| pix.code);
        assert_eq!(taken(CODE).as_deref(), Some(CODE));
        assert_eq!(taken(&format!(" {CODE}\n")).as_deref(), Some(CODE));
        for broken in [
            CODE.replace("HORIZONTE", "HORIZONTO"),
            CODE.replace("D1AE", "D1AF"),
            CODE.replace("000201", "000202"),
            CODE.replace("6304D1AE", ""),
            "6304".to_owned(),
            "é04".to_owned(),
            String::new(),
        ] {
            assert_eq!(taken(&broken), None, "{broken}");
        }
    }

    #[test]
    fn takes_boletos_in_part() {
        let sent_on = NaiveDate::from_ymd_opt(2025, 9, 12).expect("a day");
        let line = "23792.29285 60005.510098 87400.004690 6 12050000007784";
        let read = |line, url| {
            BoletoSent {
                line,
                url,
                due_on: None,
            }
            .read(sent_on)
        };
        let boleto = read(Some(line), Some("http://plain.example.com")).expect("the line holds");
        assert_eq!(
            boleto.line.as_deref(),
            Some("23792292856000551009887400004690612050000007784")
        );
        assert_eq!(boleto.url, None);
        assert_eq!(boleto.due_on, NaiveDate::from_ymd_opt(2025, 9, 15));
        let broken = line.replace("87400", "87401");
        assert_eq!(read(Some(&broken), None), None);
        assert!(read(Some(&broken), Some("https://b.example.com/1")).is_some());
    }
}
