"""What this room says about rows of a list: the columns, their headings, and why a row cannot be taken."""

from typing import Final

from creditbank.kernel.text import Text
from creditbank.register.types import Status

#: Machine names with the headings of the template; every other spelling that is understood stands in `ALIASES`.
COLUMNS: Final = {
    "number": Text("证书编号", "Certificate number"),
    "name": Text("姓名", "Name"),
    "document": Text("证件号码", "Document number"),
    "certificate": Text("证书名称或代码", "Certificate name or code"),
    "level": Text("等级", "Level"),
    "issued": Text("发证日期", "Date of issue"),
    "until": Text("有效期至", "Valid until"),
    "status": Text("状态", "Status"),
    "note": Text("说明", "Remark"),
}
NEEDED: Final = ("number", "name", "document", "certificate", "issued")
ALIASES: Final = {
    "number": ("证书号", "证书号码", "证书编码", "certificate no", "certificate no."),
    "name": ("持证人", "持证人姓名", "holder", "holder's name"),
    "document": ("证件号", "身份证号", "身份证号码", "id number", "identity number"),
    "certificate": ("证书", "证书名称", "证书代码", "certificate", "certificate name", "certificate code"),
    "level": ("级别", "证书等级", "证书级别"),
    "issued": ("颁发日期", "发证时间", "颁证日期", "issued", "issued on", "issue date"),
    "until": ("有效期", "有效期止", "有效期限", "expires", "expires on", "expiry date"),
    "status": ("证书状态",),
    "note": ("备注", "撤销原因", "note", "reason"),
}
STATUSES: Final = {
    "": Status.VALID,
    "有效": Status.VALID,
    "valid": Status.VALID,
    "撤销": Status.REVOKED,
    "已撤销": Status.REVOKED,
    "revoked": Status.REVOKED,
    "遗失补发": Status.REPLACED,
    "补发": Status.REPLACED,
    "replaced": Status.REPLACED,
}
EXAMPLE: Final = {
    "number": "YJ2026000001",
    "name": "张三",
    "document": "310199199001010018",
    "certificate": "",
    "level": "",
    "issued": "2026-06-28",
    "until": "",
    "status": "有效",
    "note": "",
}
#: What is written where a certificate does not expire.
WITHOUT_END: Final = frozenset({"长期", "长期有效", "永久", "永久有效", "无", "无期限"})
#: By the last word of the code: the column, and the sentences with the remedy.
REASONS: Final = {
    "number_missing": ("number", Text("没有证书编号。请补上。", "The certificate number is missing. Add it.")),
    "number_long": (
        "number",
        Text("证书编号超过40个字，或含有控制字符。请核对。", "The number has over 40 or control characters. Check it."),
    ),
    "damaged": (
        "",
        Text(
            "单元格被Excel改成了科学计数法，数字已丢失。请把这一列设为文本，重新填写。",
            "Excel turned this cell into scientific notation and digits are lost. Format the column as text; retype.",
        ),
    ),
    "no_certificate": (
        "",
        Text(
            "这一行没有写是谁的哪本证书。合计、注释、签名：删去；是证书的，补全姓名、证件号码和发证日期。",
            "The row does not say whose certificate it is. Delete totals and notes; of a certificate, fill in name, "
            "document and date of issue.",
        ),
    ),
    "name_missing": ("name", Text("没有姓名。请补上。", "The name is missing. Add it.")),
    "document_missing": ("document", Text("没有证件号码。请补上。", "The document number is missing. Add it.")),
    "certificate_missing": (
        "certificate",
        Text("没有证书名称或代码。请补上。", "The certificate's name or code is missing. Add it."),
    ),
    "certificate_unknown": (
        "certificate",
        Text(
            "名录里没有本机构的这种证书。请照名录写名称或代码；新证书先请管理中心列入名录。",
            "The catalogue has no such certificate of this issuer. Write its name or code as there, or have the "
            "centre list a new one first.",
        ),
    ),
    "level_unknown": (
        "level",
        Text(
            "这种证书分等级，这一行没有写等级，或名录里没有这一级。请照名录填写。",
            "This certificate has levels, and the row states none or one that the catalogue lacks. Write it as there.",
        ),
    ),
    "issued_missing": ("issued", Text("没有发证日期。请补上。", "The date of issue is missing. Add it.")),
    "issued_future": (
        "issued",
        Text("发证日期晚于今天。请核对。", "The date of issue lies in the future. Check it."),
    ),
    "until_early": (
        "until",
        Text("有效期早于发证日期。请核对两个日期。", "It expires before it was issued. Check both dates."),
    ),
    "status_unknown": (
        "status",
        Text("状态只能写“有效”“撤销”“遗失补发”。", "The status is one of valid, revoked, replaced. Write one of them."),
    ),
    "note_long": ("note", Text("说明超过200个字。请缩短。", "The remark has over 200 characters. Shorten it.")),
    "twice": (
        "number",
        Text(
            "前面已有同一编号的证书，内容不一样。请核对，只留一行。",
            "An earlier row has the same certificate number with other contents. Compare them and keep one.",
        ),
    ),
    "revoked_stays": (
        "status",
        Text(
            "这本证书已经撤销，名单不能把它改回有效。撤销有误的，在证书页申请恢复。",
            "This certificate is revoked and a list does not restore it. If that was wrong, ask for it on its page.",
        ),
    ),
}
VERDICTS: Final = {
    "confirmed": Text("证书有效，登记在案。", "The certificate is registered and valid."),
    "unknown": Text(
        "登记里没有对得上的证书。请核对编号、颁发机构和姓名。",
        "No certificate in the register fits. Compare number, issuer and name.",
    ),
    "other-holder": Text("这本证书登记在别人名下。", "This certificate is registered for another holder."),
    "revoked": Text("颁发机构已撤销这本证书。", "The issuer has revoked this certificate."),
    "replaced": Text(
        "这本证书已挂失补发，旧编号不再有效。",
        "This certificate was lost and issued again; this number counts no more.",
    ),
    "expired": Text("证书登记在案，有效期已过。", "The certificate is registered and has expired."),
}
