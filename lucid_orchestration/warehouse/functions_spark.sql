-- The functions of functions.sql for Spark, each for one session. Patterns are Java's: \z is the
-- very end, (?d) lets the dot stand for all but a line feed, and the blanks of RE2 are listed. A
-- text of more than 200 characters is neither number nor date: in it a repeated group would recurse
-- too deep.
create or replace temporary function lucid_trim_spaces(text string) returns string return btrim(
    text,
    ' \u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000'
);

create or replace temporary function lucid_clean_text(text string) returns string return nullif(
    btrim(text, ' \t\n\r\u00A0\u200B\uFEFF'), ''
);

-- Java makes other letters of a last Σ and of a dotted İ.
create or replace temporary function lucid_small_letters(text string) returns string return lower(
    translate(text, 'Σİ', 'σi')
);

-- The ICU that Spark brings for its collations composes letters and marks; it takes no null. Spark
-- holds such a call for one that may answer anything, and takes none in the condition of a join.
create or replace temporary function lucid_composed(text string) returns string return case
    when text is not null
        then java_method('com.ibm.icu.text.Normalizer', 'compose', coalesce(text, ''), false)
end;

create or replace temporary function lucid_without_accents(text string) returns string
return regexp_replace(translate(text, '{accented}', '{plain}'), r'\p{M}+', '');

create or replace temporary function lucid_text_key(text string) returns string
return nullif(lucid_trim_spaces(regexp_replace(
    lucid_small_letters(lucid_composed(translate(
        text,
        concat(
            '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ',
            'ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ（）－．，／＆＋％',
            '\u00A0\u202F\u2007\u3000\u200B\u200C\u200D\uFEFF\u00AD'
        ),
        '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz()-.,/&+%    '
    ))),
    r'[\t\n\f\r ]+', ' '
)), '');

create or replace temporary function lucid_latin_digits(text string)
returns string return translate(
    text,
    '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯๐๑๒๓๔๕๖๗๘๙０１２３４５６７８９',
    '012345678901234567890123456789012345678901234567890123456789'
);

create or replace temporary function lucid_without_unit(text string)
returns string return regexp_replace(
    lucid_latin_digits(lucid_trim_spaces(text)),
    r'(?iud)^(.*[0-9)])[\t\n\f\r ]*(pcs?|pieces?|nos?|units?|kgs?|kilos?|gms?|g|ltrs?|l|ml|mtrs?|m|box|boxes|pkts?|packs?|packets?|btls?|bottles?|sets?|pairs?|bags?|tins?|jars?|strips?|rolls?)[.]?\z',
    '$1'
);

create or replace temporary function lucid_bare_number(text string)
returns string return regexp_replace(
    regexp_replace(
        regexp_replace(
            translate(
                lucid_latin_digits(lucid_small_letters(lucid_trim_spaces(text))),
                '−–—’‘ʼ´`′\u00A0\u202F\u2009\u2007\u2008',
                "---''''''     "
            ),
            r"^([-+(]?)[\t\n\f\r ]*({currency_marks})[.]?[\t\n\f\r ]*([-+(]?)([\t\n\f\r ]*[.,]?[0-9])",
            '$1$3$4'
        ),
        r"([0-9.,)=-])[\t\n\f\r ]*({currency_marks}|[dc]r)[.]?[\t\n\f\r ]*([-)]?)\z", '$1$3'
    ),
    r'[\t\n\f\r ]*([.,:]--?|/-|/=|=)?[\t\n\f\r ]*([-)]?)[\t\n\f\r ]*\z', '$2'
);

create or replace temporary function lucid_number_of(bare string, mark string)
returns string return case
    when length(bare) > 200 then null
    when case
        when mark = ',' then bare rlike
            r"^([-+]?(([0-9]+|[0-9]{1,3}([. '][0-9]{3})+)(,[0-9]*)?|,[0-9]+)|[(](([0-9]+|[0-9]{1,3}([. '][0-9]{3})+)(,[0-9]*)?|,[0-9]+)[)]|(([0-9]+|[0-9]{1,3}([. '][0-9]{3})+)(,[0-9]*)?|,[0-9]+)-)\z"
        else bare rlike
            r"^([-+]?(([0-9]+|[0-9]{1,3}([, '][0-9]{2,3})*[, '][0-9]{3})([.][0-9]*)?|[.][0-9]+)|[(](([0-9]+|[0-9]{1,3}([, '][0-9]{2,3})*[, '][0-9]{3})([.][0-9]*)?|[.][0-9]+)[)]|(([0-9]+|[0-9]{1,3}([, '][0-9]{2,3})*[, '][0-9]{3})([.][0-9]*)?|[.][0-9]+)-)\z"
    end
        then concat(
            case when bare rlike r'^[-(]|-\z' then '-' else '' end,
            replace(regexp_replace(bare, concat('[^0-9', mark, ']'), ''), ',', '.')
        )
end;

create or replace temporary function lucid_number_text(text string, mark string) returns string
return lucid_number_of(
    lucid_bare_number(translate(text, '٫٬', case when mark = ',' then ',.' else '.,' end)), mark
);

create or replace temporary function lucid_quantity_text(text string, mark string) returns string
return lucid_number_text(lucid_without_unit(text), mark);

create or replace temporary function lucid_day_part(text string)
returns string return regexp_replace(
    regexp_extract(
        lucid_latin_digits(lucid_small_letters(lucid_trim_spaces(text))),
        r'(?d)^(.*?)( ?[(][^()0-9]*[)])?([t ,]+(at )?[0-9]{1,2}:[0-9]{2}.*)?\z', 1
    ),
    r'(?d)^(.*[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|.*[-/. ][0-9]{4}) +[-#]+ ?[0-9]+\z', '$1'
);

create or replace temporary function lucid_day_parts(text string) returns string return btrim(
    regexp_replace(
        regexp_replace(lucid_day_part(text), '([ก-๛])[.] ?([ก-๛])', '$1$2'),
        r"[-/. ,'’年月日년월일]*([月火水木金土日]曜日|[월화수목금토일]요일|(星期|周|週)[一二三四五六日天])\z|([-/. ,'’年月日년월일]|ngày|tháng|năm)+",
        '-'
    ),
    '-'
);

-- Null unless it is a day of the calendar; of two digits, a year from 69 on is of the last century.
create or replace temporary function lucid_civil(year string, month string, day string) returns date
return try_cast(concat(
    case
        when length(year) > 2 then ''
        when lpad(year, 2, '0') < '69' then '20'
        else '19'
    end,
    lpad(year, greatest(length(year), 2), '0'), '-', lpad(month, 2, '0'), '-', lpad(day, 2, '0')
) as date);

-- A form names the places of year (Y of four digits, y of two), month and day.
create or replace temporary function lucid_day_of_form(day string, form string)
returns date return case
    when
        not day rlike case
            when form like 'Y%' then r'^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\z'
            when form like '%Y' then r'^[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}\z'
            else r'^[0-9]{1,2}-[0-9]{1,2}-[0-9]{1,2}\z'
        end
        then null
    else lucid_civil(
        split_part(day, '-', instr(lower(form), 'y')),
        split_part(day, '-', instr(form, 'm')),
        split_part(day, '-', instr(form, 'd'))
    )
end;

create or replace temporary function lucid_year_month_day(coded string) returns date return case
    when coded rlike r'^[-~]*[0-9]{1,2}[-~]+m[0-9]+[-~]+([0-9]{2}|[0-9]{4})[-~]*\z'
        then lucid_civil(
            regexp_extract(coded, r'([0-9]+)[-~]*\z', 1), regexp_extract(coded, 'm([0-9]+)', 1),
            regexp_extract(coded, '^[-~]*([0-9]+)', 1)
        )
    when coded rlike r'^[-~]*m[0-9]+[-~]+[0-9]{1,2}[-~]+([0-9]{2}|[0-9]{4})[-~]*\z'
        then lucid_civil(
            regexp_extract(coded, r'([0-9]+)[-~]*\z', 1), regexp_extract(coded, 'm([0-9]+)', 1),
            regexp_extract(coded, '^[-~]*m[0-9]+[-~]+([0-9]+)', 1)
        )
    when coded rlike r'^[-~]*[0-9]{4}[-~]+m[0-9]+[-~]+[0-9]{1,2}[-~]*\z'
        then lucid_civil(
            regexp_extract(coded, '^[-~]*([0-9]+)', 1), regexp_extract(coded, 'm([0-9]+)', 1),
            regexp_extract(coded, r'([0-9]+)[-~]*\z', 1)
        )
end;

create or replace temporary function lucid_calendar_code(word string) returns string
return map_from_arrays(split('{words}', '[|]'), split('{codes}', '[|]'))[word];

-- Spark takes no function of the catalogue in one expression with a lambda, so that the pieces are
-- counted out; a day of more than twelve is none.
create or replace temporary function lucid_coded_pieces(
    pieces array<string>, codes map<string, string>
)
returns string return case
    when size(pieces) <= 12 then concat_ws(
        '-',
        coalesce(codes[get(pieces, 0)], get(pieces, 0)),
        coalesce(codes[get(pieces, 1)], get(pieces, 1)),
        coalesce(codes[get(pieces, 2)], get(pieces, 2)),
        coalesce(codes[get(pieces, 3)], get(pieces, 3)),
        coalesce(codes[get(pieces, 4)], get(pieces, 4)),
        coalesce(codes[get(pieces, 5)], get(pieces, 5)),
        coalesce(codes[get(pieces, 6)], get(pieces, 6)),
        coalesce(codes[get(pieces, 7)], get(pieces, 7)),
        coalesce(codes[get(pieces, 8)], get(pieces, 8)),
        coalesce(codes[get(pieces, 9)], get(pieces, 9)),
        coalesce(codes[get(pieces, 10)], get(pieces, 10)),
        coalesce(codes[get(pieces, 11)], get(pieces, 11))
    )
end;

create or replace temporary function lucid_coded_words(day string)
returns string return lucid_coded_pieces(
    split(day, '-'), map_from_arrays(split('{words}', '[|]'), split('{codes}', '[|]'))
);

create or replace temporary function lucid_spelled_day(day string) returns date
return lucid_year_month_day(lucid_coded_words(regexp_replace(
    regexp_replace(lucid_without_accents(day), '([0-9])([^0-9-])', '$1-$2'),
    '([^0-9-])([0-9])', '$1-$2'
)));

create or replace temporary function lucid_parse_day(day string, date_order string)
returns date return case
    when day rlike r'^[0-9]{8}\z'
        then lucid_civil(left(day, 4), substr(day, 5, 2), right(day, 2))
    when not day rlike r'^[-0-9]*\z' then lucid_spelled_day(day)
    when date_order = 'ydm' and day rlike r'(?d)^[0-9]{4}-.*\z' then lucid_day_of_form(day, 'Ydm')
    when day rlike r'(?d)^(.*-)?[0-9]{4}(-.*)?\z' and date_order = 'mdy'
        then coalesce(lucid_day_of_form(day, 'mdY'), lucid_day_of_form(day, 'Ymd'))
    when day rlike r'(?d)^(.*-)?[0-9]{4}(-.*)?\z'
        then coalesce(lucid_day_of_form(day, 'Ymd'), lucid_day_of_form(day, 'dmY'))
    when date_order = 'mdy' then lucid_day_of_form(day, 'mdy')
    when date_order = 'ymd' then lucid_day_of_form(day, 'ymd')
    else lucid_day_of_form(day, 'dmy')
end;

-- The zone of a moment as Spark reads one: +hh:mm.
create or replace temporary function lucid_zone_of(text string)
returns string return regexp_replace(
    regexp_replace(
        regexp_replace(
            regexp_extract(text, r'(Z|z|UTC|GMT|[-+][0-9:]+)\z', 1), '[A-Zz]+', '+00:00'
        ),
        r'^([-+][0-9]{2})\z', '$1:00'
    ),
    r'^([-+][0-9]{2})([0-9]{2})\z', '$1:$2'
);

create or replace temporary function lucid_clock(time string) returns string return case
    when time rlike '^([1-9]|0[1-9]|1[0-2]):[0-5][0-9](:[0-5][0-9])? ?[AP]M$'
        then concat(
            lpad(cast(
                cast(split_part(time, ':', 1) as int) % 12 + case when time like '%PM' then 12 else 0 end
                as string
            ), 2, '0'),
            substr(rpad(regexp_extract(time, ':([0-9:]+)', 0), 6, ':00'), 1, 6)
        )
    when time rlike '^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$'
        then concat(
            lpad(split_part(time, ':', 1), 2, '0'),
            substr(rpad(regexp_extract(time, ':([0-9:]+)', 0), 6, ':00'), 1, 6)
        )
end;

create or replace temporary function lucid_moment(text string, day date) returns timestamp
return try_cast(concat(
    date_format(day, 'yyyy-MM-dd'), ' ',
    lucid_clock(upper(regexp_extract(
        text,
        r'([0-9]{1,2}:[0-9]{2}(:[0-9]{2})?( ?[AaPp][Mm])?)[.0-9]* ?[A-Zz+-][^ ]*\z', 1
    ))),
    lucid_zone_of(text)
) as timestamp);

create or replace temporary function lucid_moved_day(text string, day date, zone string)
returns date
return case
    when
        zone != 'as written'
        and text rlike
        r'[0-9]:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?( ?[AaPp][Mm])? ?(Z|z|UTC|GMT|[-+][0-9]{2}:?([0-9]{2})?)\z'
        then coalesce(cast(from_utc_timestamp(lucid_moment(text, day), zone) as date), day)
    else day
end;

create or replace temporary function lucid_day_of_text(text string, date_order string, zone string)
returns date return case
    when length(text) > 200 then null
    when text rlike r'^[0-9]{4}-[0-9]{2}-[0-9]{2}\z' and coalesce(date_order, '') != 'ydm'
        then try_cast(text as date)
    when
        text rlike r'^[0-9]{5}([.][0-9]+)?\z'
        or (date_order = 'serial' and text rlike r'^[0-9]{4,6}([.][0-9]+)?\z')
        then date_add(date '1899-12-30', cast(floor(try_cast(text as double)) as int))
    when
        text rlike
        r'^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+ ?(Z|z|UTC|GMT|[-+][0-9]{2}:?([0-9]{2})?)\z'
        then case
            when zone = 'as written' then try_cast(left(text, 10) as date)
            else cast(from_utc_timestamp(
                try_cast(concat(
                    regexp_extract(text, '^[0-9-]+[T ][0-9:.]+', 0), lucid_zone_of(text)
                ) as timestamp),
                zone
            ) as date)
        end
    when
        coalesce(date_order, '') != 'ydm'
        and text rlike r'^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+\z'
        then cast(try_cast(text as timestamp) as date)
    else lucid_moved_day(text, lucid_parse_day(lucid_day_parts(text), date_order), zone)
end;

create or replace temporary function lucid_parse_date(text string, date_order string, zone string)
returns date return lucid_day_of_text(lucid_trim_spaces(text), date_order, zone);

create or replace temporary function lucid_is_scientific(code string) returns boolean
return code rlike r'^[0-9]{1,3}([.,][0-9]+ ?e ?[+]?|e[+])[0-9]{1,3}\z';

create or replace temporary function lucid_is_spreadsheet_date(code string) returns boolean return
code rlike
r'^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.](19|20)[0-9]{2})([t ][0:.]+)?\z'
or (
    code rlike
    r'^([0-9]{1,2}[-/. ]{1,2}[\p{L}\p{M}]+[.]?([-/. ]{1,2}([0-9]{2}|[0-9]{4}))?|[\p{L}\p{M}]+[.]?[-/. ]{1,2}([0-9]{2}|[0-9]{4}))\z'
    and coalesce(
        lucid_calendar_code(
            lucid_without_accents(regexp_extract(code, r'[\p{L}\p{M}]+', 0))
        ) like 'm%', false
    )
);

create or replace temporary function lucid_bare_code(code string) returns string return case
    when code rlike '^[=\'"]*[0-9]+([.,]0{1,2})?["\']*\\z'
        then trim(leading '0' from regexp_extract(code, '[0-9]+', 0))
    else code
end;

create or replace temporary function lucid_only_letters(name string)
returns string return regexp_replace(
    name, r'[^\p{L}\p{M}\p{N}]+', ''
);

-- As DuckDB compares bytes, each letter becomes one there; here the same, for the same answers.
create or replace temporary function lucid_letters_are_alike(name string, other string)
returns double
return jaro_winkler_similarity(
    array_join(transform(
        filter(sequence(0, length(name)), place -> place > 0),
        place -> chr(33 + ascii(substr(name, place, 1)) % 90)
    ), ''),
    array_join(transform(
        filter(sequence(0, length(other)), place -> place > 0),
        place -> chr(33 + ascii(substr(other, place, 1)) % 90)
    ), '')
);

create or replace temporary function lucid_have_a_word_in_common(name string, other string)
returns boolean
return exists(
    regexp_extract_all(name, r'([\p{L}\p{M}]{3,})', 1),
    word -> exists(
        regexp_extract_all(other, r'([\p{L}\p{M}]{3,})', 1),
        known -> startswith(word, known) or startswith(known, word)
        or jaro_winkler_similarity(
            array_join(transform(
                sequence(1, length(word)), i -> chr(33 + ascii(substr(word, i, 1)) % 90)
            ), ''),
            array_join(transform(
                sequence(1, length(known)), i -> chr(33 + ascii(substr(known, i, 1)) % 90)
            ), '')
        ) > 0.9
    )
);
