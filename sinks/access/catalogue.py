"""Every table and view of the database, and who may read it. One that is missing is read by nobody; a test tells."""

from sinks.access.reach import OPEN, always, areas, both, by_commune, column, either, places_of, through, with_sector
from sinks.access.relation import Relation, relation
from sinks.access.roles import ROLES, Level

_TRACERS = ("district", "province_cdc", "analyst")
_HEALTH = ("commune", *_TRACERS)
_ISOLATION = ("isolation_mgr", *_HEALTH)
_PROVINCES = ("province_cdc", "analyst")
_OFFICES = (*_HEALTH, "stttt", "sector_dept")
_PLACES = ("venue_owner", "checkpoint", *_OFFICES)
_INSIDE = tuple(name for name in ROLES if name != "public")
_KEEPERS = ("ops", "auditor")
_WHOLE = {Level.NOTHING: always("1")}

_PLACE_STEP = (
    "place_id", "action", "event_time", "logged_at", "safety_score", "assisted_by", "decision_ref", "category",
    "department", "commune", "district", "province", "verdict",
)  # fmt: skip
_WAVE = (
    "place_id", "action", "reason", "estimated_people", "event_time", "logged_at", "category", "department", "commune",
    "district", "province", "verdict",
)  # fmt: skip
_ALERT = ("type", "severity", "role", "event_time", "place_id", "about_device", "area_code", "measure", "commune",
          "district", "province", "department")  # fmt: skip
_LINK = ("event_id", "subject", "other", "link_action", "event_time", "verdict")
_DEAD_LETTER = ("feed", "_partition", "_offset", "reason", "stage", "logged_at")

_EVENT = areas(place="place_id")
_REPORT = by_commune("commune_code")
# Where isolations and passes reach: of somebody else's not even that there are some.
_ISOLATION_REACH = areas(commune="commune_code", place="site_id")
_ISOLATED = {
    level: through("cityHash64(isolation_id)", source="isolation_reach", source_key="isolation", condition=condition)
    for level, condition in _ISOLATION_REACH.items()
}
_UPDATE = {
    **areas(commune="commune_code"),
    Level.PLACE: through("subject", source="isolations", condition=column("site_id")),
}
# People whose isolation or update is seen: the policies of those tables hold in here, too.
_REPORTED = ("isolations", "health_updates")
_SEEN = " OR ".join(f"subject IN (SELECT subject FROM {{database}}.{table})" for table in _REPORTED)  # noqa: S608 -- ours
_KNOWN = dict.fromkeys((Level.PLACE, Level.COMMUNE, Level.DISTRICT, Level.PROVINCE), always(_SEEN))
_PASS_REACH = {
    level: either(leaves, by_commune("destination_commune")[level])
    for level, leaves in by_commune("origin_commune").items()
}
_PASS = {
    level: through("cityHash64(pass_id)", source="pass_reach", source_key="pass", condition=condition)
    for level, condition in _PASS_REACH.items()
}
_HELD = {
    level: through("case_id", source="cases", condition=condition)
    for level, condition in areas(commune="commune_code").items()
} | _WHOLE
_REGISTER = with_sector({**by_commune("commune_code"), Level.PLACE: column("place_id")}, commune="commune_code")
_LIFE = with_sector({**by_commune("commune"), Level.PLACE: column("place_id")}, commune="commune")
_STEP = with_sector(areas(place="place_id"))
_UNIT = with_sector({level: areas()[level] for level in (Level.PROVINCE, Level.DISTRICT)})
_ALERTED = {
    **with_sector(areas()),
    Level.PLACE: both(column("place_id"), "role IN ('PLACE_OWNER', 'CHECKPOINT')"),
    Level.NOTHING: always("role = 'OPERATIONS'"),
}

_PEOPLE = (
    relation("scans", _EVENT, *_TRACERS),
    relation("scans_masked", _STEP, "venue_owner", "checkpoint", as_owner=True),
    relation("scans_in_force", OPEN, *_TRACERS),
    relation("scans_effective", OPEN, *_TRACERS),
    relation("scans_enriched", OPEN, *_TRACERS),
    relation("scans_declared", OPEN, *_TRACERS),
    relation("scans_restated", OPEN, *_TRACERS),
    *(
        relation(name, OPEN, *_TRACERS)
        for name in ("links_in_force", "linked_people", "trip_ends", "visits_before_trips")
    ),
    *(
        relation(name, OPEN, *_TRACERS)
        for name in ("visits", "visits_of", "pseudonyms_of", "trace_points", "who_was_in_place", "who_was_in_area",
                     "meetings", "co_presence", "co_presence_second_hop")
    ),
    relation("declarations", areas(commune="commune_code"), *_HEALTH),
    relation("declarations_effective", OPEN, *_HEALTH),
    relation("declarations_latest", OPEN, *_HEALTH),
    relation("cases", areas(commune="commune_code"), *_TRACERS),
    relation("cases_effective", OPEN, *_TRACERS),
    relation("test_results", areas(commune="commune_code"), *_TRACERS),
    relation("test_results_effective", OPEN, *_TRACERS),
    relation("vaccinations", areas(commune="commune_code"), *_TRACERS),
    relation("vaccinations_effective", OPEN, *_TRACERS),
    relation("passes", _PASS, *_TRACERS),
    relation("passes_effective", OPEN, *_TRACERS),
    relation("passes_state", OPEN, *_TRACERS),
    relation("isolations", _ISOLATED, *_ISOLATION),
    relation("isolation_reach", _ISOLATION_REACH, *_ISOLATION, as_owner=True),
    relation("pass_reach", _PASS_REACH, *_TRACERS, as_owner=True),
    relation("isolations_effective", OPEN, *_ISOLATION),
    relation("isolations_active", OPEN, *_ISOLATION),
    relation("health_updates", _UPDATE, *_ISOLATION),
    relation("health_updates_effective", OPEN, *_ISOLATION),
    relation("updates_expected", OPEN, *_ISOLATION),
    relation("updates_received", OPEN, *_ISOLATION),
    relation("updates_missing", OPEN, *_ISOLATION),
    relation("health_updates_by_person", OPEN, *_ISOLATION),
    relation("residents_missing", OPEN, *_HEALTH),
    relation("lockdown_updates", OPEN, *_HEALTH),
    relation("pass_expiry", OPEN, *_TRACERS),
    relation("place_stays", OPEN, *_TRACERS),
    # Which pseudonyms are one person, anywhere: a trace needs it, as a person may show one paper here, another there.
    relation("identity_links", OPEN, (_TRACERS, _LINK)),
    relation("people", _KNOWN, *_ISOLATION, as_owner=True),
    relation("case_subjects", OPEN, *_TRACERS),
    relation("cases_confirmed", OPEN, *_TRACERS),
    relation("scans_by_person", OPEN, *_TRACERS),
    relation("alerts", _ALERTED, *_HEALTH, (("venue_owner", "checkpoint", "sector_dept", "ops"), _ALERT)),
    relation("alerts_open", OPEN, *_HEALTH),
    relation("vault_contacts"),
    relation("vault_keys"),
)  # fmt: skip

_PLACES_AND_AREAS = (
    relation("places", _REGISTER, *_PLACES),
    relation("place_events", _STEP, *_HEALTH, (("venue_owner", "stttt", "sector_dept"), _PLACE_STEP)),
    relation("place_events_effective", _STEP, (("venue_owner", *_OFFICES), _PLACE_STEP), as_owner=True),
    relation("place_lifecycle", _LIFE, "venue_owner", *_OFFICES, as_owner=True),
    relation("safety_levels", _STEP, "venue_owner", *_OFFICES, as_owner=True),
    relation("place_states"),
    relation("place_states_kept"),
    relation("places_quiet"),
    relation("wave_throughs", _STEP, *_TRACERS, (("checkpoint", "stttt"), _WAVE)),
    relation("wave_throughs_effective", _STEP, (("checkpoint", "stttt", *_TRACERS), _WAVE), as_owner=True),
    relation("wave_through_periods", places_of("place_id"), "checkpoint", "stttt", *_TRACERS, as_owner=True),
    *(
        relation(name, places_of("place_id"), "checkpoint", "stttt", *_TRACERS, as_owner=True)
        for name in ("checkpoint_hours", "checkpoint_flow", "checkpoint_passes")
    ),
    *(
        relation(name, places_of("place_id"), "venue_owner", *_OFFICES, as_owner=True)
        for name in ("occupancy", "occupancy_of", "place_crowds", "place_days")
    ),
    relation("places_open", _STEP, "venue_owner", *_OFFICES, as_owner=True),
    *(
        relation(name, OPEN, *_INSIDE)
        for name in ("areas", "area_risk", "admin_units", "area_units", "default_stays", "area_decisions", "lockdowns")
    ),
    *(
        relation(name, OPEN, *_INSIDE, as_owner=True)
        for name in ("area_decisions_effective", "area_steps", "lockdowns_effective", "lockdowns_active",
                     "lockdown_residents", "risk_levels")
    ),
)  # fmt: skip

_FIGURES = (
    relation("scans_by_province", {Level.PROVINCE: column("province")}, *_PROVINCES, "stttt", as_owner=True),
    relation("update_compliance", areas(), *_HEALTH, "stttt", as_owner=True),
    relation("missing_daily_updates", areas(place="site_id"), *_ISOLATION, "stttt", as_owner=True),
    relation("venue_coverage", _UNIT, *_TRACERS, "stttt", "sector_dept", as_owner=True),
    relation("unit_accountability", _UNIT, *_TRACERS, "stttt", "sector_dept", as_owner=True),
    relation("owner_accountability", _UNIT, *_TRACERS, "stttt", "sector_dept", as_owner=True),
    relation("zero_scan_communes", areas(), *_HEALTH, "stttt", as_owner=True),
    relation("app_usage", _UNIT, *_TRACERS, "stttt", as_owner=True),
    relation("restatements", areas(), *_HEALTH, "stttt", as_owner=True),
    *(
        relation(name, OPEN, *_PROVINCES, "stttt", *_KEEPERS, as_owner=True)
        for name in ("lateness_by_capture", "lateness_histogram", "data_quality", "ledger_balance")
    ),
    relation("daily_reports", {Level.PROVINCE: column("province")}, *_PROVINCES, "stttt"),
    relation("daily_scans", OPEN, *_PROVINCES),
    relation("daily_declarations", OPEN, *_PROVINCES),
    relation("daily_updates", OPEN, *_PROVINCES),
    relation("daily_points"),
    relation("daily_arrivals", OPEN, "ops", as_owner=True),
    relation("public_place_safety", OPEN, *ROLES, as_owner=True),
    relation("public_map", OPEN, *ROLES, as_owner=True),
)

_OPERATIONS = (
    relation("devices", {**places_of("place_id"), **_WHOLE}, "ops", "stttt", *_PROVINCES),
    relation("device_gaps", OPEN, "ops", as_owner=True),
    relation("device_silence", {**places_of("place_id"), **_WHOLE}, "ops", "stttt", *_PROVINCES, as_owner=True),
    relation("device_clocks", {**places_of("place_id"), **_WHOLE}, "ops", "stttt", *_PROVINCES, as_owner=True),
    relation("heartbeats", OPEN, (("ops",), ("device_id", "event_time", "logged_at", "queued", "oldest_queued_s",
                                             "battery_percent", "device_seq", "app_version", "skew_ms", "verdict"))),
    relation("corrections", OPEN, *_ISOLATION),
    relation("corrections_standing", OPEN, *_ISOLATION),
    relation("corrections_in_force", OPEN, *_ISOLATION),
    relation("corrections_effective", OPEN, *_ISOLATION),
    relation("corrections_overruled", OPEN, *_ISOLATION),
    relation("corrections_standing_as_of", OPEN, *_PROVINCES),
    relation("corrections_overruling_as_of", OPEN, *_PROVINCES),
    relation("ledger", OPEN, *_KEEPERS),
    relation("dead_letter_log", OPEN, (_KEEPERS, _DEAD_LETTER)),
    relation("dead_letters", OPEN, (_KEEPERS, _DEAD_LETTER), as_owner=True),
    relation("dead_letter_replays", OPEN, *_KEEPERS),
    relation("schema_migrations", OPEN, *_KEEPERS),
    relation("audit_witness", OPEN, "auditor"),
    relation("retention_deletions", OPEN, *_KEEPERS),
    relation("retention_runs", OPEN, *_KEEPERS),
    relation("retention_run_holds", OPEN, (("auditor",), ("run_at", "people", "contacts"))),
    relation("retention_hold_acts", _HELD, "province_cdc", (("auditor",), ("action", "reason", "made_at"))),
    relation("retention_held"),
    relation("retention_needed"),
    relation("holds_in_force", OPEN, "province_cdc"),
    relation("tombstones"),
)  # fmt: skip

CATALOGUE: dict[str, Relation] = {
    found.name: found for found in (*_PEOPLE, *_PLACES_AND_AREAS, *_FIGURES, *_OPERATIONS)
}
