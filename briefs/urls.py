"""The public pages about briefs."""

from django.urls import path
from django.urls.resolvers import URLPattern

from briefs import feeds, review_views, sitemaps, subject_views, subscription_views, views

app_name = "briefs"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("briefs/", views.brief_list, name="list"),
    path("briefs/feed.atom", feeds.feed, {"form": "atom"}, name="feed-atom"),
    path("briefs/feed.rss", feeds.feed, {"form": "rss"}, name="feed-rss"),
    path("briefs/feed.json", feeds.feed, {"form": "json"}, name="feed-json"),
    path("briefs/<slug:slug>/", views.brief_page, name="brief"),
    path("briefs/<slug:slug>/card.png", views.card_image, name="card"),
    path("briefs/<slug:slug>/versions/<int:number>/", views.brief_version, name="version"),
    path("review/<str:token>/", review_views.review_page, name="review"),
    path("countries/", subject_views.country_list, name="countries"),
    path("countries/<slug:code>/", subject_views.country_page, name="country"),
    path("actors/", subject_views.actor_list, name="actors"),
    path("actors/<slug:slug>/", subject_views.actor_page, name="actor"),
    path("topics/", subject_views.topic_list, name="topics"),
    path("topics/<slug:slug>/", subject_views.topic_page, name="topic"),
    path("scorecard/", subject_views.scorecard_page, name="scorecard"),
    path("subscribe/", subscription_views.subscribe, name="subscribe"),
    path("subscribe/thanks/", subscription_views.thanks, name="subscribe-thanks"),
    path("subscribe/confirm/<str:token>/", subscription_views.confirm, name="confirm"),
    path("subscriptions/<str:token>/", subscription_views.manage, name="subscriptions"),
    path(
        "subscriptions/<str:token>/unsubscribe/", subscription_views.unsubscribe, name="unsubscribe"
    ),
    path("methodology/", views.methodology, name="methodology"),
    path("privacy/", views.privacy, name="privacy"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-pages.xml", sitemaps.page_map, name="sitemap-pages"),
    path("sitemap-briefs-<int:span>.xml", sitemaps.brief_map, name="sitemap-briefs"),
    path("sitemap-news.xml", sitemaps.news, name="sitemap-news"),
]
