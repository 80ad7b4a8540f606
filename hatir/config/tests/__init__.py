"""Tests of settings, processes and the operator's tool."""
