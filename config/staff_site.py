"""The staff screens in the look of the house: name, colours, and where the side bar comes from."""

from typing import Any

from django.templatetags.static import static

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Derisk",
    "SITE_HEADER": "Derisk",
    "SITE_SUBHEADER": "Staff",
    "SITE_ICON": lambda request: static("favicon.svg"),
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}
    ],
    "STYLES": [lambda request: static("derisk/staff.css")],
    "SCRIPTS": [lambda request: static("derisk/once.js")],
    "SHOW_VIEW_ON_SITE": False,  # a draft has no public page; what has one links to it
    "LOGIN": {"form": "config.staff_login.LoginForm"},
    "BORDER_RADIUS": "4px",
    "DASHBOARD_CALLBACK": "config.staff_home.home",
    "SIDEBAR": {"show_search": True, "navigation": "config.staff_navigation.navigation"},
    "COLORS": {
        "base": {
            "50": "#fbfaf7",
            "100": "#f2efe8",
            "200": "#e2ddd4",
            "300": "#cdc6ba",
            "400": "#aea89e",
            "500": "#6f695f",
            "600": "#5c5852",
            "700": "#3a3731",
            "800": "#2c2a25",
            "900": "#1e1d1a",
            "950": "#161513",
        },
        "primary": {
            "50": "#fcf5f0",
            "100": "#f8e7dc",
            "200": "#f0cdb8",
            "300": "#f0b394",
            "400": "#f0a27c",
            "500": "#d9824f",
            "600": "#8a3a12",
            "700": "#6d2c0c",
            "800": "#55220a",
            "900": "#401a08",
            "950": "#260f04",
        },
    },
}
