"""Addresses of what everybody may try without signing in: simulator, ways to a course, pathways into a programme."""

from django.urls import path

from creditbank.portal.public import simulator, ways

urlpatterns = [
    path("simulator/", simulator.simulator, name="simulator"),
    path("simulator/plan.json", simulator.simulator_file, name="simulator_file"),
    path("ways/", ways.ways, name="ways"),
    path("pathways/", ways.pathways, name="pathways"),
]
