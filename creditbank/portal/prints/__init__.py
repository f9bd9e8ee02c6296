"""Paper: what the bank hands out as PDF, set from templates beside this file and from plain values."""

from creditbank.portal.prints.setting import pdf, qr

__all__ = ["pdf", "qr"]
