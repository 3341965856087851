"""People who don't exist, and the codes they would show."""

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

from schemas.enums import TokenKind
from schemas.qr.identity_card import card_text
from schemas.qr.personal import personal_text
from schemas.qr.result import Identity

_NAMES = ("Nguyễn Văn Ấn", "Trần Thị Đào", "Lê Hoàng Oanh", "Ksor H'Wữu", "Đặng Ước", "Sơn Thị Sà Quang")
_STREETS = ("Tổ 5, Phường Hàm Rồng", "Ấp 3A, xã Ưu Đàm", "12/7 Đường số 9", "")
digits = st.text("0123456789", min_size=1)


@dataclass(frozen=True, slots=True)
class Someone:
    """A generated person with all the documents one can have."""

    cccd: str
    cmnd: str
    qid: str
    name: str
    birth: date
    gender: str
    address: str

    def card(self) -> str:
        """Return the code on the chip card."""
        return card_text(
            cccd=self.cccd,
            cmnd=self.cmnd,
            name=self.name,
            birth=self.birth,
            gender=self.gender,
            address=self.address,
            issued=date(2021, 4, 1),
        )

    def personal(self, *, document: str = "", hidden: bool, extension: str = "") -> str:
        """Return the personal code, of the new card unless another document is given."""
        return personal_text(
            document=document or self.cccd,
            name=self.name,
            birth=self.birth,
            qid=self.qid,
            hidden=hidden,
            extension=extension,
        )

    def identities(self) -> set[Identity]:
        """Return all documents that are this person's."""
        numbers = {TokenKind.CCCD: self.cccd, TokenKind.CMND: self.cmnd, TokenKind.QID: self.qid}
        return {Identity(kind, number) for kind, number in numbers.items()}


@st.composite
def people(draw: st.DrawFn) -> Someone:
    """Draw a person; the new card's number agrees with birth date and gender, as every one does."""
    birth = draw(st.dates(date(1920, 1, 1), date(2021, 12, 31)))
    man = draw(st.booleans())
    century = 2 * (birth.year // 100 - 19) + (not man)
    serial = draw(st.integers(0, 999_999))
    return Someone(
        cccd=f"{draw(st.integers(1, 96)):03}{century}{birth:%y}{serial:06}",
        cmnd=draw(st.sampled_from(["", f"{draw(st.integers(10_000_000, 399_999_999)):09}"])),
        qid=f"{draw(st.integers(160_000_000_000_000_000, 199_999_999_999_999_999))}",
        name=draw(st.sampled_from(_NAMES)),
        birth=birth,
        gender="Nam" if man else "Nữ",
        address=draw(st.sampled_from(_STREETS)),
    )


#: What apps append: the other person's QID, gender, health insurance card.
extensions = st.sampled_from(["", "<1<<", "170000000000000001<2<", "<0<DN4750000000001<"])
