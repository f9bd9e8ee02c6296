import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('public_id', models.CharField(max_length=32)),
                ('login', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=100)),
                ('email', models.EmailField(blank=True, default='', max_length=254)),
                ('kind', models.CharField(max_length=8)),
                ('organization_id', models.IntegerField(null=True)),
                ('learner_id', models.BigIntegerField(null=True)),
                ('language', models.CharField(blank=True, default='', max_length=2)),
                ('is_active', models.BooleanField(default=True)),
                ('must_change_password', models.BooleanField(default=False)),
            ],
            options={
                'db_table': 'identity_user',
                'indexes': [models.Index(fields=['organization_id'], name='user_organization')],
                'constraints': [models.UniqueConstraint(fields=('login',), name='user_login_unique'), models.UniqueConstraint(fields=('public_id',), name='user_public_id_unique'), models.UniqueConstraint(fields=('learner_id',), name='user_learner_unique'), models.CheckConstraint(condition=models.Q(('login__regex', '^[+0-9a-z][0-9a-z._@-]{2,63}$')), name='user_login_normal'), models.CheckConstraint(condition=models.Q(('language__in', ['', 'zh', 'en'])), name='user_language_known'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'staff'), ('learner_id__isnull', True), ('organization_id__isnull', False)), models.Q(('kind', 'learner'), ('learner_id__isnull', False), ('organization_id__isnull', True)), _connector='OR'), name='user_kind_matches')],
            },
        ),
        migrations.CreateModel(
            name='Client',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(max_length=32)),
                ('organization_id', models.IntegerField()),
                ('name', models.CharField(max_length=100)),
                ('prefix', models.CharField(max_length=16)),
                ('digest', models.BinaryField(max_length=32)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=64)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('revoked_by', models.CharField(blank=True, default='', max_length=64)),
            ],
            options={
                'db_table': 'identity_client',
                'indexes': [models.Index(fields=['organization_id'], name='client_organization')],
                'constraints': [models.UniqueConstraint(fields=('public_id',), name='client_public_id_unique'), models.UniqueConstraint(fields=('digest',), name='client_digest_unique'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by', '')), models.Q(('revoked_at__isnull', False), models.Q(('revoked_by', ''), _negated=True)), _connector='OR'), name='client_revoked_pair')],
            },
        ),
        migrations.CreateModel(
            name='ResetCode',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32)),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.CharField(max_length=64)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'identity_reset',
                'constraints': [models.UniqueConstraint(condition=models.Q(('used_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('user',), name='reset_one_open'), models.CheckConstraint(condition=models.Q(('used_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='reset_ends_once')],
            },
        ),
    ]
