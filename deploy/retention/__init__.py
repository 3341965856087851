"""Retention run by hand and at night, with every act in the audit log."""
