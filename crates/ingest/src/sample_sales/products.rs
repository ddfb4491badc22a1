//! What the invented shops sell.

use super::dice::Dice;

/// Names one product.
#[derive(Debug)]
pub(super) struct Product {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// The code in its checkout address.
    pub(super) checkout: &'static str,
    /// In centavos.
    pub(super) price: i64,
}

const fn product(
    id: &'static str,
    name: &'static str,
    checkout: &'static str,
    price: i64,
) -> Product {
    Product {
        id,
        name,
        checkout,
        price,
    }
}

/// Courses and memberships, as Kiwify and Hotmart sell them.
const COURSES: &[Product] = &[
    product(
        "5120033",
        "Curso de Confeitaria Essencial",
        "B7kq2Lm",
        19_700,
    ),
    product("5120034", "Método Horta em Casa", "dnPQDrg", 9_790),
    product("5120035", "Violão do Zero em 12 Semanas", "vZ12Sem", 29_700),
    product(
        "5120036",
        "Planilha Mestre do Orçamento Doméstico com Aulas de Acompanhamento e Comunidade",
        "pLn0rc4",
        4_790,
    ),
    product("5120037", "Mentoria Loja que Vende", "mLqV999", 199_700),
    product("5120038", "Crochê Moderno: Bolsas", "crBol5a", 6_490),
    product("5120039", "Inglês para Viagem", "ingV1a9", 34_700),
    product("5120040", "Marcenaria no Apartamento", "mrcAp70", 24_990),
];

/// Goods, as shops with their own checkout sell them.
const GOODS: &[Product] = &[
    product(
        "CAD-001",
        "Cadeira de Escritório Ergonômica",
        "cad001",
        89_900,
    ),
    product("APO-002", "Apoio para Pés", "apo002", 7_500),
    product("CAM-010", "Camiseta Azul", "cam010", 5_990),
    product(
        "GAR-300",
        "Garrafa Térmica 1,2 L Inox com Infusor",
        "gar300",
        12_490,
    ),
    product("LUM-021", "Luminária de Mesa Articulada", "lum021", 15_990),
    product("TEN-555", "Tênis de Corrida Leve", "ten555", 32_990),
    product(
        "KIT-077",
        "Kit Churrasco 8 Peças em Estojo de Madeira",
        "kit077",
        21_900,
    ),
    product(
        "TAP-008",
        "Tapete Infantil de Atividades Dobrável Dupla Face",
        "tap008",
        18_750,
    ),
];

/// Returns something the platform's shops sell.
pub(super) fn pick(dice: &mut Dice, provider: &str) -> &'static Product {
    let list = if matches!(provider, "kiwify" | "hotmart") {
        COURSES
    } else {
        GOODS
    };
    let place = usize::try_from(dice.below(list.len() as u64)).unwrap_or(0);
    list.get(place).unwrap_or(&COURSES[0])
}
