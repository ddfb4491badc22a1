use contract::{Currency, Stage};

use super::*;

fn happening(
    stage: Stage,
    amount: Option<i64>,
    product: Option<&str>,
    name: Option<&str>,
) -> Notice {
    Notice::Happening(Happening {
        conversation_id: ConversationId::from_u128(1),
        order_key: "1".to_owned(),
        stage,
        owner: None,
        amount: amount.map(reais),
        product: product.map(str::to_owned),
        first_name: name.map(str::to_owned),
        stored_at: 0,
        occurred_at: 0,
    })
}

fn sale(amount: Option<i64>, product: Option<&str>, name: Option<&str>) -> Notice {
    happening(Stage::PurchaseApproved, amount, product, name)
}

fn reais(minor: i64) -> Amount {
    Amount {
        minor,
        currency: Currency::BRL,
    }
}

fn sum(sales: u32, total: Option<i64>, others: u32) -> Sum {
    Sum {
        sales,
        total: total.map(reais),
        others,
        newest: ConversationId::from_u128(2),
    }
}

fn call(reason: CallReason, first_name: Option<&str>) -> Notice {
    Notice::Call(Call {
        conversation_id: ConversationId::from_u128(3),
        reason,
        by: "Larissa".to_owned(),
        first_name: first_name.map(str::to_owned),
    })
}

fn sales(total: Option<i64>) -> Notice {
    Notice::Happenings(sum(12, total, 0))
}

fn missed(orders: Sum, calls: u32) -> Notice {
    Notice::Missed { orders, calls }
}

#[test]
fn notices_are_told_in_both_languages() {
    let course = Some("Curso de Confeitaria");
    let cases = [
        (
            sale(Some(19_700), course, Some("Mariana")),
            Locale::PtBr,
            (
                "Venda aprovada · R$\u{a0}197,00",
                "Curso de Confeitaria, Mariana",
            ),
        ),
        (
            sale(None, course, None),
            Locale::PtBr,
            ("Venda aprovada", "Curso de Confeitaria"),
        ),
        (sale(None, None, None), Locale::En, ("Sale approved", "")),
        (
            sales(Some(236_400)),
            Locale::PtBr,
            (
                "12 vendas aprovadas · R$\u{a0}2.364,00",
                "Clique para abrir a mais recente",
            ),
        ),
        (
            sales(None),
            Locale::En,
            ("12 sales approved", "Click to open the newest"),
        ),
        (
            call(CallReason::Mention, Some("Mariana")),
            Locale::PtBr,
            ("Larissa mencionou você", "Na conversa com Mariana"),
        ),
        (
            call(CallReason::Assignment, None),
            Locale::PtBr,
            ("Larissa passou uma conversa para você", ""),
        ),
        (
            call(CallReason::Assignment, Some("Mariana")),
            Locale::En,
            (
                "Larissa assigned a conversation to you",
                "The conversation with Mariana",
            ),
        ),
        (
            Notice::Calls {
                count: 7,
                newest: ConversationId::from_u128(2),
            },
            Locale::PtBr,
            ("7 pedidos de colegas", "Clique para abrir o mais recente"),
        ),
        (
            happening(Stage::PixGenerated, Some(19_700), course, Some("Mariana")),
            Locale::PtBr,
            (
                "PIX gerado · R$\u{a0}197,00",
                "Curso de Confeitaria, Mariana",
            ),
        ),
        (
            happening(Stage::SubscriptionRenewed, None, course, None),
            Locale::PtBr,
            ("Venda aprovada", "Curso de Confeitaria"),
        ),
        (
            Notice::Happenings(sum(4, Some(40_000), 3)),
            Locale::PtBr,
            (
                "4 vendas aprovadas · R$\u{a0}400,00",
                "Mais 3 acontecimentos",
            ),
        ),
        (
            Notice::Happenings(sum(0, None, 5)),
            Locale::En,
            ("5 events", "Click to open the newest"),
        ),
        (
            missed(sum(12, Some(236_400), 1), 2),
            Locale::PtBr,
            (
                "Enquanto você esteve fora",
                "12 vendas aprovadas · R$\u{a0}2.364,00\nMais 1 acontecimento\n2 pedidos de colegas",
            ),
        ),
        (
            missed(sum(1, Some(19_700), 0), 0),
            Locale::PtBr,
            (
                "Enquanto você esteve fora",
                "1 venda aprovada · R$\u{a0}197,00",
            ),
        ),
        (
            missed(sum(0, None, 0), 1),
            Locale::En,
            ("While you were away", "1 call from a colleague"),
        ),
    ];
    for (notice, locale, (title, body)) in cases {
        let said = said(&notice, locale);
        assert_eq!((said.title.as_str(), said.body.as_str()), (title, body));
    }
}

#[test]
fn a_notice_leads_to_its_newest_sale() {
    let about = |notice| said(&notice, Locale::PtBr).conversation;
    assert_eq!(about(sales(None)), Some(ConversationId::from_u128(2)));
    assert_eq!(
        about(sale(None, None, None)),
        Some(ConversationId::from_u128(1))
    );
}
