from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0022_named_but_not_meant")]

    operations = [ValidateConstraint("needsuggestion", "suggestion_words_known")]
