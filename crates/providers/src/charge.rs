//! Payment data as agents copy it: a PIX code only when its checksum holds, a boleto line only when its check digits do, and
//! both only while the order awaits payment.

use chrono::{DateTime, NaiveDate, Utc};
use contract::boleto::BoletoLine;
use contract::pix::crc16;
use contract::{Boleto, Pix, Status};

use crate::links;
use crate::reading::Draft;

/// How every BR Code of version 01 begins.
const PIX_START: &str = "000201";
/// The checksum's field and length; its four digits are the last of the code.
const PIX_CRC: &str = "6304";
const PIX_MAX: usize = 512;
/// Most places of a text tried for the start of a PIX code.
const MAX_STARTS: usize = 5;
/// Most words of a text searched for a boleto's line.
const MAX_GROUPS: usize = 500;

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

impl Draft {
    /// Takes a PIX code while the order awaits payment, or notes that it is not whole.
    pub(crate) fn pix(
        &mut self,
        code: Option<&str>,
        expires_at: Option<DateTime<Utc>>,
        path: &'static str,
    ) {
        let Some(code) = code.filter(|_| self.stage.status() == Status::Pending) else {
            return;
        };
        self.payment.pix = pix(code, expires_at);
        if self.payment.pix.is_none() {
            self.doubt("pix_code_broken", path);
        }
    }

    /// Takes a boleto while the order awaits payment, or notes that its line does not hold.
    pub(crate) fn boleto(&mut self, sent: &BoletoSent<'_>, sent_on: NaiveDate, path: &'static str) {
        if self.stage.status() != Status::Pending {
            return;
        }
        self.payment.boleto = sent.read(sent_on);
        let boleto = self.payment.boleto.as_ref();
        if sent.line.is_some() && boleto.is_none_or(|told| told.line.is_none()) {
            self.doubt("boleto_line_broken", path);
        }
    }
}

/// Finds a whole PIX code within a text that says other things too.
pub(crate) fn pix_within(text: &str) -> Option<&str> {
    let mut starts = text.match_indices(PIX_START).take(MAX_STARTS);
    starts.find_map(|(start, _)| {
        let rest = text.get(start..)?;
        rest.match_indices(PIX_CRC)
            .map_while(|(at, _)| {
                let end = at.checked_add(PIX_CRC.len())?.checked_add(4)?;
                (end <= PIX_MAX).then_some(end)
            })
            .filter_map(|end| rest.get(..end))
            .find(|code| is_whole(code))
    })
}

/// Finds a boleto's line within a text that says other things too: 47 or 48 digits, perhaps grouped, whose check digits hold.
pub(crate) fn boleto_within(text: &str, sent_on: NaiveDate) -> Option<String> {
    let groups: Vec<&str> = text.split_whitespace().take(MAX_GROUPS).collect();
    (0..groups.len()).find_map(|first| {
        let mut line = String::new();
        for group in groups.iter().skip(first) {
            if !group
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'))
            {
                return None;
            }
            line.extend(group.chars().filter(char::is_ascii_digit));
            if line.len() >= 47 {
                break;
            }
        }
        let fits = matches!(line.len(), 47 | 48);
        fits.then(|| BoletoLine::parse(&line, sent_on).ok())
            .flatten()
            .map(|boleto| boleto.line)
    })
}

#[cfg(test)]
mod tests {
    use super::{BoletoSent, boleto_within, pix, pix_within};
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

    #[test]
    fn finds_codes_among_words() {
        let sent_on = NaiveDate::from_ymd_opt(2025, 9, 12).expect("a day");
        let text = format!("Pague com PIX: {CODE}\nPedido 12");
        assert_eq!(pix_within(&text), Some(CODE));
        assert_eq!(pix_within(&format!("000201 6304 {CODE}")), Some(CODE));
        assert_eq!(pix_within(&text.replace("D1AE", "D1AF")), None);
        assert_eq!(pix_within("6304 é 000201 é 6304é"), None);
        let line = "23792292856000551009887400004690612050000007784";
        for text in [
            "Boleto 23792.29285 60005.510098 87400.004690 6 12050000007784 vence 15/09",
            "pedido 77\n23792292856000551009887400004690612050000007784",
        ] {
            assert_eq!(
                boleto_within(text, sent_on).as_deref(),
                Some(line),
                "{text}"
            );
        }
        for text in [
            "23792.29285 60005.510098 87401.004690 6 12050000007784",
            "23792.29285 60005.510098",
            "- . -",
            "",
        ] {
            assert_eq!(boleto_within(text, sent_on), None, "{text}");
        }
    }
}
