{# Fails where the expression is false or null: an unknown answer is not a pass. #}
{% test expression_holds(model, expression) %}

    select * from {{ model }} where ({{ expression }}) is not true

{% endtest %}
