/** Makes a git repository `/srv/git` on a host of the lab, and in `/srv/wheels` a Python package `rcm_demo`. */
export const REPO_AND_WHEEL = `
cd /srv
git -c init.defaultBranch=main init -q git; git config --global user.email a@b; git config --global user.name a
echo 1 >git/a; git -C git add a; git -C git commit -q -m first
mkdir wheels; python3 -Bc '
import zipfile
with zipfile.ZipFile("wheels/rcm_demo-1.0-py3-none-any.whl", "w") as wheel:
    info = "rcm_demo-1.0.dist-info"
    wheel.writestr("rcm_demo.py", "")
    wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: rcm_demo\\nVersion: 1.0\\n")
    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(f"{info}/RECORD", "")'`;
