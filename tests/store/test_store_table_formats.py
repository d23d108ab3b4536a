import pytest

from kpublish.errors import UnreadableFile
from kpublish.model.bundle import Member, Release
from kpublish.model.resource import KM3Resource
from kpublish.store.holding import Holding
from kpublish.store.products.table import load


@pytest.mark.parametrize("path", ["data/a.parquet", "data/a.fits", "figures/a.svg"])
def test_a_file_of_a_format_without_annotation_is_told_where_it_is(tmp_path, path):
    member = Member.model_construct(kind="table", name="a", path=path, resource=KM3Resource.model_construct())
    with pytest.raises(UnreadableFile, match=f"{path} is no annotated table. The file is at {tmp_path}/a"):
        _ = load(Holding(Release.model_construct(), member, tmp_path / "a", None)).table
