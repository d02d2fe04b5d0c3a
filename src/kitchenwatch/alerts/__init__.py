"""Alerts: how a message leaves the outbox and reaches the people it is for."""
