"""The forms there are. Words follow the Ministry of Health's paper forms of 2021."""

from schemas.enums import CaptureMode, Credential, Direction, ScanMode
from schemas.kinds import DECLARATION, VENUE
from schemas.report_enums import DeclarationKind, PersonCategory, Purpose
from streams.gateway.forms.field import Field
from streams.gateway.forms.sheet import Sheet

_DOCUMENTS = {
    "CCCD": "Căn cước công dân (12 số)",
    "CMND": "Chứng minh nhân dân",
    "PASSPORT": "Hộ chiếu",
    "BHYT": "Thẻ bảo hiểm y tế",
    "PHONE": "Số điện thoại",
    "QID": "Mã QID",
}
_PERSON = (
    Field(name="identity_kind", label="Loại giấy tờ", kind="select", required=True, default="CCCD", options=_DOCUMENTS),
    Field(
        name="identity_number",
        label="Số giấy tờ",
        required=True,
        hint="Nhập đủ số, kể cả số 0 ở đầu. Hệ thống không lưu số này, chỉ lưu mã không đọc ngược được.",
    ),
)
_DECLARANT = (
    Field(
        name="declarant_identity_kind",
        label="Loại giấy tờ của người khai hộ",
        kind="select",
        default="CCCD",
        options=_DOCUMENTS,
    ),
    Field(
        name="declarant_identity_number",
        label="Số giấy tờ của người khai hộ",
        hint="Khi người nhà khai thay; để trống nếu người đó tự khai.",
    ),
)


_CONTACT = (
    Field(
        name="contact_name",
        label="Họ và tên",
        hint="Không bắt buộc. Họ tên, điện thoại, địa chỉ được niêm phong; chỉ mở khi truy vết, có ghi sổ.",
        most_characters=200,
    ),
    Field(name="contact_phone", label="Điện thoại", most_characters=50),
    Field(name="contact_address", label="Địa chỉ nơi ở", most_characters=300),
)


def _captured(default: CaptureMode) -> Field:
    return Field(
        name="capture_mode",
        label="Nhập từ đâu",
        kind="select",
        required=True,
        default=default.name,
        options={
            CaptureMode.ASSISTED.name: "Khai hộ: người đó nói, cán bộ nhập",
            CaptureMode.PAPER.name: "Nhập lại từ phiếu giấy",
        },
    )


DECLARATION_SHEET = Sheet(
    path="declaration",
    title="Khai báo y tế hộ người khác",
    feed=DECLARATION,
    fixed={},
    fields=(
        *_PERSON,
        Field(name="event_time", label="Khai lúc", kind="time", required=True, hint="Giờ Việt Nam, như trên phiếu."),
        Field(
            name="kind",
            label="Loại tờ khai",
            kind="select",
            required=True,
            options={
                DeclarationKind.DOMESTIC.name: "Nội địa",
                DeclarationKind.MOVEMENT.name: "Di chuyển nội địa",
                DeclarationKind.ENTRY.name: "Nhập cảnh",
            },
        ),
        Field(
            name="person_category",
            label="Người khai là",
            kind="select",
            options={
                "": "Không rõ",
                PersonCategory.OFFICIAL.name: "Cán bộ",
                PersonCategory.CIVIL_SERVANT.name: "Công chức",
                PersonCategory.PUBLIC_EMPLOYEE.name: "Viên chức",
                PersonCategory.WORKER.name: "Người lao động",
                PersonCategory.CITIZEN.name: "Người dân",
                PersonCategory.PATIENT_VISITOR.name: "Người đến khám, chữa bệnh hoặc đi cùng",
                PersonCategory.PUPIL.name: "Học sinh",
                PersonCategory.STUDENT.name: "Sinh viên",
                PersonCategory.DRIVER.name: "Lái xe",
            },
        ),
        Field(
            name="symptoms",
            label="Trong 14 ngày qua có dấu hiệu nào?",
            kind="checks",
            hint="Để trống nếu không có.",
            options={
                "1": "Sốt",
                "2": "Ho",
                "4": "Khó thở",
                "8": "Đau họng",
                "16": "Mất vị giác hoặc khứu giác",
                "32": "Mệt mỏi",
                "64": "Dấu hiệu khác",
            },
        ),
        Field(
            name="exposure",
            label="Trong 14 ngày qua có tiếp xúc hoặc đi lại nào?",
            kind="checks",
            hint="Để trống nếu không có.",
            options={
                "1": "Tiếp xúc với người bệnh COVID-19",
                "2": "Tiếp xúc với người từ vùng dịch về",
                "4": "Tiếp xúc với người có dấu hiệu bệnh",
                "8": "Đã ở hoặc đi qua vùng dịch",
            },
        ),
        Field(
            name="commune_code",
            label="Mã xã, phường, thị trấn đang ở",
            kind="number",
            hint="Mã của Tổng cục Thống kê, 5 chữ số; để trống nếu không rõ.",
            most_characters=5,
        ),
        Field(
            name="origin_commune",
            label="Mã xã, phường, thị trấn nơi đi",
            kind="number",
            hint="Chỉ khi di chuyển.",
            most_characters=5,
        ),
        Field(
            name="purpose",
            label="Mục đích di chuyển",
            kind="select",
            options={
                "": "Không di chuyển",
                Purpose.WORK.name: "Đi làm",
                Purpose.GOODS.name: "Vận chuyển hàng hóa",
                Purpose.MEDICAL.name: "Khám chữa bệnh",
                Purpose.FAMILY.name: "Việc gia đình",
                Purpose.RETURN_HOME.name: "Về nơi cư trú",
                Purpose.OFFICIAL.name: "Công vụ",
                Purpose.OTHER.name: "Khác",
            },
        ),
        *_DECLARANT,
        *_CONTACT,
        _captured(CaptureMode.ASSISTED),
    ),
)

SCAN_SHEET = Sheet(
    path="scan",
    title="Ghi người đến, người đi từ sổ giấy",
    feed=VENUE,
    fixed={"scan_mode": ScanMode.GUARD_SCAN.name, "credential": Credential.PAPER.name},
    fields=(
        *_PERSON,
        Field(
            name="place_id",
            label="Số của địa điểm",
            kind="number",
            required=True,
            hint="In dưới mã QR của địa điểm: số ở giữa, sau VNPL1.",
            most_characters=10,
        ),
        Field(
            name="direction",
            label="Đến hay đi",
            kind="select",
            required=True,
            options={Direction.IN.name: "Đến (vào)", Direction.OUT.name: "Đi (ra)"},
        ),
        Field(name="event_time", label="Lúc", kind="time", required=True, hint="Giờ Việt Nam, như trong sổ."),
        _captured(CaptureMode.PAPER),
    ),
)

SHEETS = (DECLARATION_SHEET, SCAN_SHEET)
