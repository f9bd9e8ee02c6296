"""Refusals of this room."""

from creditbank.kernel.errors import Refusal, RefusalKind


class OrganizationNotFound(Refusal):
    """There is no such organization, or the actor may not know of it."""

    code = "organizations.organization.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到机构“{organization}”。请核对机构代码，或从机构列表中选。"
    en = "There is no organization {organization}. Check its code, or choose it from the list."


class CodeMalformed(Refusal):
    """An organization's code has characters or a length that codes do not have."""

    code = "organizations.code.malformed"
    zh = "机构代码“{text}”应有2至30位，只用大写字母、数字和连字符。请核对后重填。"
    en = "The code {text} should have 2 to 30 capital letters, digits or hyphens. Check it and write it again."


class SchoolCodeMalformed(Refusal):
    """A ten-digit school code does not have the form of the Ministry's list."""

    code = "organizations.code.school_malformed"
    zh = "学校标识码“{text}”应以41、42或36开头，后接省级区划代码和6位数字。请对照教育部名单核对。"
    en = "The school code {text} should be 41, 42 or 36, a province and 6 digits. Compare it with the Ministry's list."


class RegionCodeMalformed(Refusal):
    """A region code is not two, four or six digits of a known province."""

    code = "organizations.code.region_malformed"
    zh = "区划代码“{text}”应是2、4或6位数字，前两位是省级代码。请核对后重填，或留空。"
    en = "The region code {text} should be 2, 4 or 6 digits that begin with a province. Check it, or leave it empty."


class CodeTaken(Refusal):
    """Another organization has this code."""

    code = "organizations.code.taken"
    kind = RefusalKind.CONFLICT
    zh = "机构代码{text}已经用过，代码不能重用。请换一个代码，或打开已有的机构。"
    en = "The code {text} has been used, and codes are never reused. Choose another, or open the existing organization."


class NameMissing(Refusal):
    """An organization was to have no Chinese name, or a name that is too long."""

    code = "organizations.name.missing"
    zh = "机构要有1至100个字的中文名称。请填写全称。"
    en = "An organization needs a Chinese name of 1 to 100 characters. Write its full name."


class EnglishNameTooLong(Refusal):
    """An English name does not fit."""

    code = "organizations.name.english_too_long"
    zh = "英文名称最多200个字符。请缩短，或先留空。"
    en = "An English name has 200 characters at most. Shorten it, or leave it empty for now."


class ParentNotActive(Refusal):
    """A suspended or closed organization takes no new children."""

    code = "organizations.parent.not_active"
    kind = RefusalKind.CONFLICT
    zh = "“{name}”已停用或关闭，不能在其下开设机构。请先恢复它，或另选上级。"
    en = "{name} is suspended or closed and takes no new organization. Resume it first, or choose another parent."


class StatusDiffers(Refusal):
    """The organization is not in the status that this act starts from."""

    code = "organizations.status.differs"
    kind = RefusalKind.CONFLICT
    zh = "这个机构现在的状态不能这样做，可能刚有人改过。刷新页面看最新状态。"
    en = "This organization's status does not allow it; somebody may have just changed it. Reload to see it."


class OfficeStaysOpen(Refusal):
    """The offices from which the bank is run cannot be suspended."""

    code = "organizations.status.office"
    kind = RefusalKind.CONFLICT
    zh = "管理委员会和管理中心不能停用，否则没有人能恢复它。不再运行时请先关闭其下机构，再关闭它。"
    en = "The committee and the centre cannot be suspended: nobody could resume them. Close all below, then close it."


class ChildrenOpen(Refusal):
    """An organization with open organizations below it cannot be closed."""

    code = "organizations.children.open"
    kind = RefusalKind.CONFLICT
    zh = "它下面还有{count}个未关闭的机构。请先关闭或迁走它们，再关闭它。"
    en = "{count} organizations below it are still open. Close them first, then close this one."


class RoleElsewhere(Refusal):
    """The role cannot be held at this kind of organization."""

    code = "organizations.role.elsewhere"
    zh = "这个角色不能设在这类机构里。请换一个角色，或到相应的机构中任命。"
    en = "This role cannot be held at an organization of this kind. Choose another role, or the organization it fits."


class ReachTooWide(Refusal):
    """Nobody gives a role that reaches further than their own."""

    code = "organizations.role.reach_too_wide"
    kind = RefusalKind.FORBIDDEN
    zh = "任命的范围超出了您自己的权限范围。请缩小范围，或由上级机构任命。"
    en = "The role would reach further than your own permission. Narrow it, or ask the organization above to appoint."


class AlreadyAppointed(Refusal):
    """The person already holds this role here."""

    code = "organizations.membership.exists"
    kind = RefusalKind.CONFLICT
    zh = "此人在这里已有这个角色。要改范围或日期，请先结束原来的任命。"
    en = "This person already holds the role here. To change its reach or dates, end the present appointment first."


class MembershipNotFound(Refusal):
    """There is no such membership, or the actor may not know of it."""

    code = "organizations.membership.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有找到这条任命。请回到机构页面查看现有成员。"
    en = "There is no such appointment. Go back to the organization to see its members."


class MembershipEnded(Refusal):
    """The membership has ended already."""

    code = "organizations.membership.ended"
    kind = RefusalKind.CONFLICT
    zh = "这条任命已于{day}结束。刷新页面可看现有成员。"
    en = "This appointment ended on {day}. Reload the page to see the present members."


class PersonNotFound(Refusal):
    """No member of staff signs in with this name."""

    code = "organizations.person.not_found"
    kind = RefusalKind.NOT_FOUND
    zh = "没有登录名为“{login}”的工作人员。请核对登录名，或选择新建人员。"
    en = "No member of staff signs in as {login}. Check the sign-in name, or add a new person."


class NoDepositor(Refusal):
    """The organization is of a kind that deposits nothing."""

    code = "organizations.depositing.no_depositor"
    zh = "这类机构不存入成果，没有存入方式可设。请到学校或颁证机构的页面设置。"
    en = "This kind of organization deposits nothing. Set how files are taken on the page of a school or an issuer."


class ToleranceOutOfRange(Refusal):
    """A tolerance of credits was to be negative or larger than makes sense."""

    code = "organizations.depositing.tolerance_out_of_range"
    zh = "学分容差为0至{most}，最多两位小数，例如0.5。请改小。"
    en = "A tolerance is 0 to {most} credits with at most two decimals, such as 0.5. Make it smaller."
