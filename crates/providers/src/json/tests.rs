use super::{read, root_members, without_members, without_members_within};
use crate::scalar::Word;

#[test]
fn cuts_members_wherever_they_stand() {
    for (body, left) in [
        (r#"{"hottok":"s","a":1}"#, r#"{"a":1}"#),
        (r#"{"a":1,"hottok":"s"}"#, r#"{"a":1}"#),
        (r#"{"a":1, "hottok" : "s" , "b":2}"#, r#"{"a":1,  "b":2}"#),
        (r#"{"hottok":"s"}"#, "{}"),
        (r#"{"hot\u0074ok":"s","a":1}"#, r#"{"a":1}"#),
        (r#"{"HotTok":"s","a":1}"#, r#"{"a":1}"#),
        (
            r#"{"data":{"x":[{"hottok":{"v":"s"}}]}}"#,
            r#"{"data":{"x":[{}]}}"#,
        ),
        (r#"{"hottok":"s","hottok":"s","a":1}"#, r#"{"a":1}"#),
        (r#"{"a":1,"hottok":"s","hottok":"s"}"#, r#"{"a":1}"#),
        (
            r#"{"a":"hottok","b":"\"hottok\":"}"#,
            r#"{"a":"hottok","b":"\"hottok\":"}"#,
        ),
        (r#"{"a":1,"hottok":"s"#, r#"{"a":1"#),
        (r#"{"a":1,"hottok":"#, r#"{"a":1"#),
        (r#"{"a":1,hottok:s}"#, r#"{"a":1}"#),
        (r#"xx {"hottok":"a\"b"}"#, "xx {}"),
        ("", ""),
    ] {
        let cut = without_members(body.as_bytes(), "hottok");
        assert_eq!(String::from_utf8_lossy(&cut), left, "{body}");
    }
}

#[test]
fn cuts_members_within_others_only() {
    for (body, left) in [
        (
            r#"{"token":"a","customer":{"data":{"token":"s","id":1}},"sku":{"token":"b"}}"#,
            r#"{"token":"a","customer":{"data":{"id":1}},"sku":{"token":"b"}}"#,
        ),
        (
            r#"[{"customer":{"token":"s"}},{"customer":{"x":[{"y":1,"token":"s"}]}}]"#,
            r#"[{"customer":{}},{"customer":{"x":[{"y":1}]}}]"#,
        ),
        (r#"{"customer":{"token":"s"#, r#"{"customer":{"#),
        (
            r#"{"customer":"token","token":1}"#,
            r#"{"customer":"token","token":1}"#,
        ),
        (r#"{"customer":"#, r#"{"customer":"#),
    ] {
        let cut = without_members_within(body.as_bytes(), "customer", "token");
        assert_eq!(String::from_utf8_lossy(&cut), left, "{body}");
    }
}

#[test]
fn finds_root_members_by_their_bytes() {
    let body = br#" {"a":{"order":1}, "order" : {"x":[1,{"y":"}"}]} ,"order":2,"b":["order",3]}"#;
    let found = root_members(body, "order");
    assert_eq!(found, [br#"{"x":[1,{"y":"}"}]}"#.as_slice(), b"2"]);
    assert!(root_members(br#"["order",1]"#, "order").is_empty());
}

#[derive(Debug, serde::Deserialize)]
struct Probe<'a> {
    #[serde(borrow)]
    #[expect(dead_code, reason = "only the errors of reading it matter")]
    name: Word<'a>,
}

#[test]
fn names_what_is_wrong_and_never_shows_it() {
    let deep = [b"[".repeat(65), b"]".repeat(65)].concat();
    let wide = [b"[0".to_vec(), b",0".repeat(100_001), b"]".to_vec()].concat();
    for (body, code, path) in [
        (b"".as_slice(), "truncated", "."),
        (br#"{"name":"Rita"#, "truncated", "name"),
        (br#"{"name":{"Rita":1}}"#, "wrong_type", "name"),
        (br#"{"name":"Rita"} Rita"#, "bad_json", "."),
        (br#"{"name":Rita}"#, "bad_json", "name"),
        (br#"{"":{"Rita@example.com":[1,x]}}"#, "bad_json", "?"),
        (b"{\"name\":\"\xff\"}", "not_utf8", "."),
        (br#""Rita, expected Rita""#, "wrong_type", "."),
        (&deep, "too_deep", "."),
        (&wide, "too_many_values", "."),
        (&vec![b' '; (2 << 20) + 1], "too_large", "."),
    ] {
        let error = read::<Probe<'_>>(body).expect_err("the body is wrong");
        assert_eq!((error.code, error.path.as_str()), (code, path), "{error}");
        assert!(!error.to_string().contains("Rita"), "{error}");
    }
}
