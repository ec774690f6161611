"""The public pages about briefs."""

from django.urls import path
from django.urls.resolvers import URLPattern

from briefs import feeds, views

app_name = "briefs"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("briefs/", views.brief_list, name="list"),
    path("briefs/feed.atom", feeds.BriefFeed(), name="feed-atom"),
    path("briefs/<slug:slug>/", views.brief_page, name="brief"),
    path("methodology/", views.methodology, name="methodology"),
    path("privacy/", views.privacy, name="privacy"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
]
