-- `scans_in_force` and `visits` by the corrections of 0026, which tell chains of corrections of corrections exactly.
CREATE OR REPLACE VIEW corrections_in_force AS SELECT * FROM corrections_standing;
