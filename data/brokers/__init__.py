"""Connections to message brokers, RabbitMQ and others of AMQP, and Kafka, for sources and outlets alike.

Belongs here: opening and trying them, and what their libraries print. Not here: what is read (`data/feeds`), what is
handed out (`data/outlets`).
"""
