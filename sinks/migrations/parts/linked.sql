    -- `linked`: all pseudonyms (`subject`) of the people whom the subjects belong to that the line's query gives; `asked` is the one it gave,
@include linked_by: $1 | subject != other
