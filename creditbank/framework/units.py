"""The units in which credit is counted. Their ids stand in every archive, so they are part of the software.

The table `framework_unit` holds the same rows for statistics; a test compares the two. A unit is added here
and by a migration together; none is ever changed or taken away.
"""

from typing import Final

from creditbank.framework.types import UnitDetails
from creditbank.kernel.credits import Unit, UnitKind
from creditbank.kernel.text import Text

_CREDIT: Final = UnitKind.FRAMEWORK_CREDIT

#: Hours per credit in hundredths, where the unit fixes them; of ECTS the lower bound of 25 to 30 hours of work.
UNITS: Final = (
    UnitDetails(Unit(1, "cn.he.credit", _CREDIT), Text("课程学分", "course credits"), 1600),
    UnitDetails(Unit(2, "framework.credit", _CREDIT), Text("框架学分", "framework credits"), None),
    UnitDetails(Unit(3, "contact.hours", UnitKind.CONTACT_HOURS), Text("学时", "contact hours"), None),
    UnitDetails(Unit(4, "workload.hours", UnitKind.WORKLOAD_HOURS), Text("学习时间（小时）", "workload hours"), None),
    UnitDetails(Unit(5, "points", UnitKind.POINTS), Text("积分", "points"), None),
    UnitDetails(Unit(6, "ects", _CREDIT), Text("ECTS学分", "ECTS credits"), 2500),
    UnitDetails(Unit(7, "ncrf.credit", _CREDIT), Text("NCrF学分", "NCrF credits"), 3000),
    UnitDetails(Unit(8, "notional.credit", _CREDIT), Text("名义学时学分", "notional-hour credits"), 1000),
)
