use std::borrow::Cow;

use super::{Hotmart, form, phone};
use crate::{Inbound, Provider};

#[test]
fn strips_the_token_or_everything() {
    for (body, left) in [
        (r#"{"hottok":"s3cret","a":1}"#, r#"{"a":1}"#),
        (r#"{"a":1,"hottok":"s3cret"#, r#"{"a":1"#),
        (r#"{"name":"hottok","a":1}"#, r#"{"name":"hottok","a":1}"#),
        (r#"{'hottok':'s3cret'}"#, ""),
        ("a=1&hottok=s3cret&b=2", "a=1&b=2"),
        ("HOTTOK=s3cret&b=2", "b=2"),
        ("a=1&%68ottok=s3cret", "a=1"),
        ("src=hottok&b=2", "src=hottok&b=2"),
        ("name=\"hottok\"\r\n\r\ns3cret\r\n", ""),
        ("<hottok>s3cret</hottok>", ""),
        ("hottok", ""),
        ("", ""),
    ] {
        let headers: Vec<(String, String)> = Vec::new();
        let stripped = Hotmart.strip(&Inbound {
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        });
        assert_eq!(String::from_utf8_lossy(&stripped), left, "{body}");
        assert!(!left.contains("s3cret"));
    }
}

#[test]
fn a_form_without_the_token_is_left_as_it_is() {
    assert!(matches!(
        form::without(b"a=1&b=hottok", "hottok"),
        Cow::Borrowed(_)
    ));
    assert_eq!(
        form::values(b"hottok=a&x=b&hottok=c+d", "hottok"),
        [b"a".to_vec(), b"c d".to_vec()]
    );
}

#[test]
fn joins_area_code_and_number() {
    for (code, number, brazilian, joined) in [
        (Some("11"), Some("900000101"), true, Some("11900000101")),
        (Some("011"), Some("900000101"), true, Some("11900000101")),
        (Some("98"), Some("980000101"), true, Some("98980000101")),
        (Some("11"), Some("11900000101"), true, Some("11900000101")),
        (
            Some("999999999"),
            Some("99999999900"),
            true,
            Some("99999999900"),
        ),
        (None, Some("5213317361196"), false, Some("+5213317361196")),
        (Some("351"), Some("912345678"), false, Some("351912345678")),
        (
            Some("11"),
            Some("+351 912 345 678"),
            true,
            Some("+351 912 345 678"),
        ),
        (None, Some("sem telefone"), true, None),
        (Some("11"), None, true, None),
    ] {
        assert_eq!(
            phone::joined(code, number, brazilian).as_deref(),
            joined,
            "{number:?}"
        );
    }
    assert!(
        phone::is_brazil(None)
            && phone::is_brazil(Some(" Brasil "))
            && !phone::is_brazil(Some("PT"))
    );
}
