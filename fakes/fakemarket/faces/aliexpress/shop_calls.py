"""What a shop is like: its profile, its delivery templates, and the domestic carriers it may name.

Which domestic carriers there are has no public source; they are those of the other calls [A].
"""

from __future__ import annotations

from fakemarket.faces.aliexpress.envelope import Content, Listing
from fakemarket.faces.aliexpress.parameters import Arguments
from fakemarket.faces.aliexpress.shop import Shop, Work
from fakemarket.faces.aliexpress.token_calls import seller_id
from fakemarket.world.carriers import CARRIERS


def merchant_profile(shop: Shop, _arguments: Arguments) -> Work:
    number = seller_id(shop.world, shop.seller)
    profile = {
        "shop_id": int(number),
        "shop_name": shop.seller,
        "shop_type": "normal",
        "shop_url": f"https://aliexpress.example/store/{number}",
        "merchant_login_id": shop.seller,
        "country_code": shop.world.settings.warehouse.calendar.country,
        "product_posting_forbidden": False,
    }
    return Work(lambda: profile)


def freight_templates(shop: Shop, _arguments: Arguments) -> Work:
    """The delivery templates; which one is the default decides the countdown of new orders."""

    def act() -> Content:
        rows = [
            {"template_id": it.template_id, "template_name": it.name, "is_default": it.is_default}
            for it in shop.world.templates.of(shop.seller)
        ]
        return {
            "result_success": True,
            "aeop_freight_template_d_t_o_list": Listing("aeopfreighttemplatedtolist", rows),
        }

    return Work(act)


def domestic_carriers(_shop: Shop, _arguments: Arguments) -> Work:
    companies = dict.fromkeys(carrier.company for carrier in CARRIERS)
    rows = [
        {"company_id": number, "company_code": name.upper(), "name": name} for number, name in enumerate(companies, 1)
    ]
    return Work(lambda: {"result_success": True, "result_list": Listing("result", rows)})
