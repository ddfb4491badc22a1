#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a failed expectation is a failed test"
)]

use super::{Budget, Expression, Scene, TooCostly, Unfit};
use crate::custom::value::Value;
use crate::inbound::Inbound;

const BODY: &str = r#"{
    "order": {"id": 70011, "total": 0.29, "big": 90071992547409931, "status": "paid", "note": "", "none": null},
    "lines": [{"title": "B", "qty": 2, "tags": ["x", "y"]}, {"title": "A", "qty": 10}, {"qty": 1}],
    "paid": true, "quoted-name": "q", "accents": "\u00e1\n"
}"#;

/// Evaluates an expression and writes the answer as JSON.
fn answer(expression: &str) -> String {
    let headers = vec![("X-Topic".to_owned(), "orders/paid".to_owned())];
    let scene = Scene {
        inbound: Inbound {
            query: "event=a%20b&twice=1&twice=2",
            headers: &headers,
            body: BODY.as_bytes(),
        },
        body: Value::of_json(BODY.as_bytes()).expect("JSON"),
    };
    let expression = Expression::compile(expression).expect(expression);
    let value = expression.over(&scene, &mut Budget::default());
    let mut text = String::new();
    value.expect("cheap").write(&mut text);
    text
}

#[test]
fn answers_as_jmespath_does() {
    for (expression, expected) in [
        ("order.id", "70011"),
        ("order.total", "0.29"),
        ("order.big", "90071992547409931"),
        ("order.missing.deeper", "null"),
        ("order.id.deeper", "null"),
        ("\"quoted-name\"", "\"q\""),
        ("accents", "\"á\\n\""),
        ("lines[0].title", "\"B\""),
        ("lines[-1].qty", "1"),
        ("lines[9]", "null"),
        ("lines[-9]", "null"),
        ("lines[-2147483647]", "null"),
        ("lines[*].title", "[\"B\",\"A\"]"),
        ("lines[*].qty | [0]", "2"),
        ("lines[::-1].qty", "[1,10,2]"),
        ("lines[1:].qty", "[10,1]"),
        ("lines[:2147483647:2147483647].qty", "[2]"),
        ("lines[-2147483647::2147483647].qty", "[2]"),
        ("lines[?qty > `1`].title", "[\"B\",\"A\"]"),
        ("lines[?title == 'A'].qty | [0]", "10"),
        ("lines[].tags[]", "[\"x\",\"y\"]"),
        ("order.*", "[90071992547409931,70011,\"\",\"paid\",0.29]"),
        ("order.note || order.status", "\"paid\""),
        ("paid && order.id", "70011"),
        ("!paid", "false"),
        ("order.status == 'paid'", "true"),
        ("order.id == `70011`", "true"),
        ("order.id == `70011.0`", "true"),
        ("order.big == `90071992547409930`", "false"),
        ("order.total > `1`", "false"),
        ("order.status > `1`", "null"),
        ("[order.id, order.status]", "[70011,\"paid\"]"),
        ("{a: order.id}", "{\"a\":70011}"),
        ("none.[a, b]", "null"),
        ("sort_by(lines, &qty)[0].qty", "1"),
        ("max_by(lines, &qty).title", "\"A\""),
        ("min_by(lines, &title)", "null"),
        ("sort([`3`, `1`, `2`])", "[1,2,3]"),
        ("sort(['b', `1`])", "null"),
        ("map(&qty, lines)", "[2,10,1]"),
        (
            "join('-', [order.status, to_string(order.id)])",
            "\"paid-70011\"",
        ),
        ("join('', [order.none, 'x'])", "null"),
        ("length(lines)", "3"),
        ("length(accents)", "2"),
        ("length(paid)", "null"),
        ("keys(lines[0])", "[\"qty\",\"tags\",\"title\"]"),
        ("values(lines[1])", "[10,\"A\"]"),
        ("contains(lines[0].tags, 'x')", "true"),
        ("contains(order.status, 'ai')", "true"),
        ("contains(order.none, 'x')", "null"),
        ("starts_with(order.status, 'pa')", "true"),
        ("ends_with(order.status, 'pa')", "false"),
        ("not_null(order.none, order.status)", "\"paid\""),
        ("to_number('12.50')", "12.50"),
        ("to_number('1,5')", "null"),
        (
            "to_string(lines[1])",
            "\"{\\\"qty\\\":10,\\\"title\\\":\\\"A\\\"}\"",
        ),
        ("to_array(order.id)", "[70011]"),
        ("type(order.total)", "\"number\""),
        ("reverse(order.status)", "\"diap\""),
        ("reverse([`1`, `2`])", "[2,1]"),
        ("lower('ÁB')", "\"áb\""),
        ("header('x-topic')", "\"orders/paid\""),
        ("header('x-none')", "null"),
        ("query('event')", "\"a b\""),
        ("query('twice')", "null"),
        ("@.order.id", "70011"),
    ] {
        assert_eq!(answer(expression), expected, "{expression}");
    }
}

#[test]
fn names_what_is_no_expression() {
    let code = |text: &str| match Expression::compile(text) {
        Ok(_) => "fine",
        Err(Unfit { code, .. }) => code,
    };
    for (text, expected) in [
        ("", "bad_expression"),
        ("a.", "bad_expression"),
        ("a[", "bad_expression"),
        ("$.a", "bad_expression"),
        ("a[::0]", "bad_expression"),
        ("&a", "bad_expression"),
        ("sort_by(a, b)", "bad_expression"),
        ("contains(a)", "bad_expression"),
        ("header(a)", "bad_expression"),
        ("query('')", "bad_expression"),
        ("sum(a)", "unknown_function"),
        ("\u{0}", "bad_expression"),
        (&"a".repeat(501), "expression_too_long"),
        (&"[".repeat(65), "expression_too_long"),
        (&"!".repeat(70), "expression_too_long"),
        (&format!("a{}", ".a".repeat(100)), "expression_too_deep"),
        (&format!("a{}", ".a".repeat(40)), "fine"),
    ] {
        assert_eq!(code(text), expected, "{text}");
    }
    let named = Expression::compile("a || [?header('X-A')] || {b: sort_by(c, &query('d'))}");
    let named = named.expect("an expression");
    assert_eq!(named.headers(), ["X-A"]);
    assert_eq!(named.parameters(), ["d"]);
}

#[test]
fn hostile_expressions_end_soon() {
    let many = format!("[{}]", vec!["{\"a\":[1,2,3],\"t\":\"x\"}"; 2_000].join(","));
    let long = format!("\"{}\"", "x".repeat(900_000));
    let doubled = "[@,@][]".to_owned() + &" | [@,@][]".repeat(20);
    for (body, expression, bound) in [
        (many.as_str(), doubled.as_str(), true),
        (
            &many,
            "[].[@,@,@,@].[@,@,@,@].[@,@,@,@].[@,@,@,@].[@,@,@,@]",
            false,
        ),
        (
            &many,
            "[*].a[*].[@,@,@,@][*].[@,@,@,@][*].[@,@,@,@][*].[@,@,@,@][*].[@,@,@,@][*].[@,@,@,@][*]",
            true,
        ),
        (
            &many,
            "map(&to_string(@), @) | join('', @) | [@,@,@,@] | join(@[0], @)",
            false,
        ),
        (&many, "[?contains(to_string(@), 'z')]", false),
        (&long, "[lower(@), lower(@), lower(@), lower(@)]", true),
        (&long, "map(&lower(@), [@,@,@,@])", true),
        (&long, "@ == @", false),
    ] {
        let headers = Vec::new();
        let scene = Scene {
            inbound: Inbound {
                query: "",
                headers: &headers,
                body: body.as_bytes(),
            },
            body: Value::of_json(body.as_bytes()).expect("JSON"),
        };
        let begun = std::time::Instant::now();
        let compiled = Expression::compile(expression).expect(expression);
        let value = compiled.over(&scene, &mut Budget::default());
        assert_eq!(value.err(), bound.then_some(TooCostly), "{expression}");
        let taken = begun.elapsed();
        assert!(taken.as_secs() < 5, "{expression}: {taken:?}");
    }
}

#[test]
fn no_text_makes_the_compiler_panic() {
    const PIECES: [&str; 40] = [
        "a",
        "b.c",
        "*",
        "[*]",
        "[]",
        "[?",
        "]",
        "[",
        "(",
        ")",
        "{",
        "}",
        "a:",
        ",",
        "`1`",
        "`{}`",
        "'x'",
        "'",
        "`",
        "\"",
        "\"q\"",
        "&",
        "&&",
        "||",
        "|",
        "!",
        "==",
        "!=",
        "<",
        ">=",
        "@",
        ".",
        "-1",
        "0",
        "99999999999",
        ":",
        "sort_by(",
        "header('h')",
        "\\",
        "é",
    ];
    let mut state = 7_u64;
    let mut roll = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap_or_default()
    };
    let mut compiled = 0;
    for _ in 0..30_000 {
        let count = roll() % 12;
        let text: String = (0..=count).map(|_| PIECES[roll() % PIECES.len()]).collect();
        compiled += usize::from(Expression::compile(&text).is_ok());
    }
    assert!(compiled > 300, "only {compiled} were expressions");
}
