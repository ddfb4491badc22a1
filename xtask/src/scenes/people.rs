//! The people whose stories the pictures tell; none of them exists.

use std::time::Duration;

use testkit::Sale;

/// Somebody who bought as two people: the third sale has the first one's phone and the second one's e-mail.
pub(super) fn twice() -> [Sale; 3] {
    let one = Sale {
        buyer: "Maria Aparecida de Souza Figueiredo Galvão".to_owned(),
        email: "maria.galvao@example.com".to_owned(),
        product: "Confeitaria Sem Segredo: do Bolo de Pote ao Bem-Casado".to_owned(),
        ..Sale::new(9_001)
    };
    let other = Sale {
        buyer: "Cida Figueiredo".to_owned(),
        email: "cida.figueiredo@example.com".to_owned(),
        product: "Planilha de Preços para Confeitaria".to_owned(),
        centavos: 4_790,
        ..Sale::new(9_002)
    };
    let between = Sale {
        phone: one.phone.clone(),
        order: Sale::new(9_003).order,
        buyer: one.buyer.clone(),
        ..other.clone()
    };
    [one, other, between]
}

/// Somebody whose card was refused and who then paid by PIX, within the hour.
pub(super) fn second_try() -> Sale {
    let new = Sale::new(9_010);
    Sale {
        buyer: "Antônio Henrique Cavalcanti de Albuquerque".to_owned(),
        email: "antonio.albuquerque@example.com".to_owned(),
        document: Some("52998224725".to_owned()),
        product: "Marcenaria no Apartamento".to_owned(),
        centavos: 24_990,
        made_at: new.made_at - Duration::from_mins(38),
        ..new
    }
}

/// Somebody who is about to pay.
pub(super) fn about_to_pay() -> Sale {
    Sale {
        buyer: "Vitória Magalhães Sampaio".to_owned(),
        email: "vitoria.sampaio@example.com".to_owned(),
        product: "Crochê Moderno: Bolsas e Acessórios".to_owned(),
        centavos: 6_490,
        ..Sale::new(9_020)
    }
}

/// Somebody with a boleto of which all is told.
pub(super) fn by_boleto() -> Sale {
    Sale {
        buyer: "Sebastião Queiroz Figueira".to_owned(),
        email: "sebastiao.figueira@example.com".to_owned(),
        product: "Apicultura para Começar".to_owned(),
        centavos: 31_700,
        ..Sale::new(9_030)
    }
}

/// Somebody whose bank takes back what was paid.
pub(super) fn contested() -> Sale {
    let new = Sale::new(9_040);
    Sale {
        buyer: "Lourdes Aparecida Bittencourt".to_owned(),
        email: "lourdes.bittencourt@example.com".to_owned(),
        product: "Fotografia de Produtos com Celular".to_owned(),
        centavos: 42_900,
        made_at: new.made_at - Duration::from_mins(52),
        ..new
    }
}
